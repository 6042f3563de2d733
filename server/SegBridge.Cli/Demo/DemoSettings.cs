using SegBridge.Cli.Cases;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo;

/// <summary>What a demo does. What is null is left to the family.</summary>
internal sealed record DemoSettings
{
    /// <summary>Null: the phantom.</summary>
    public string? Volume { get; init; }

    public string? Label { get; init; }

    /// <summary>Null: every value but 0 is the object.</summary>
    public int? LabelValue { get; init; }

    /// <summary>Null: soft tissue for what looks like CT, else none.</summary>
    public IntensityWindow? Window { get; init; }

    public string? Protocol { get; init; }

    public int? Steps { get; init; }

    /// <summary>Slices across K to prompt on or to show.</summary>
    public int? Slices { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Null: the server's default, or its first that suits the family.</summary>
    public string? Model { get; init; }

    public string Output { get; init; } = "demo-output";

    /// <summary>Folder of a data set, for the family that plays on one.</summary>
    public string? Data { get; init; }

    /// <summary>Cases of it at most.</summary>
    public int Limit { get; init; } = 15;

    /// <summary>The case that a demo of one volume plays on.</summary>
    public LabelledCase OpenCase() => Volume is { } volume ? LabelledCase.Read(volume, Label!, LabelValue) : LabelledCase.Phantom(Seed);
}
