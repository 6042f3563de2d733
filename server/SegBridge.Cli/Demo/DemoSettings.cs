using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo;

/// <summary>What a demo does.</summary>
internal sealed record DemoSettings
{
    /// <summary>Null: the phantom.</summary>
    public string? Volume { get; init; }

    public string? Label { get; init; }

    /// <summary>Null: every value but 0 is the object.</summary>
    public int? LabelValue { get; init; }

    /// <summary>Null: soft tissue for what looks like CT, else none.</summary>
    public IntensityWindow? Window { get; init; }

    public string Protocol { get; init; } = Simulation.Radiologist.Names[0];

    public int Steps { get; init; } = 5;

    public int Slices { get; init; } = 5;

    public int Seed { get; init; } = 1;

    /// <summary>Null: the server's default.</summary>
    public string? Model { get; init; }

    public string Output { get; init; } = "demo-output";
}
