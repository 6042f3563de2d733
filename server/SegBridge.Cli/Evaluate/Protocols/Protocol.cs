namespace SegBridge.Cli.Evaluate.Protocols;

/// <summary>How a simulated reader prompts, and what for.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Dimension">3: in whole volumes; 2: on slices.</param>
/// <param name="UsualSteps">Steps that the papers play.</param>
internal sealed record Protocol(string Name, uint Dimension, int UsualSteps)
{
    private const int Clicks = 20;
    private const int ScribbleSteps = 10;
    private const int VolumeSteps = 11;

    /// <summary>The default first.</summary>
    public static IReadOnlyList<Protocol> All { get; } =
    [
        new("prism-ultra", 3, VolumeSteps),
        new("prism-plain", 3, VolumeSteps),
        new("center-clicks", 2, Clicks),
        new("random-clicks", 2, Clicks),
        new("warm-start", 2, Clicks),
        new("line-scribbles", 2, ScribbleSteps),
        new("centerline-scribbles", 2, ScribbleSteps),
        new("contour-scribbles", 2, ScribbleSteps),
        new("boxes", 2, Clicks),
        new("given-scribbles", 2, 1),
        new("in-context", 2, Clicks),
    ];

    /// <summary>Whether images are played in a series, each finished one an example for the next.</summary>
    public bool IsSeries => Name == "in-context";

    public bool IsForVolumes => Dimension == 3;

    /// <summary>Whether the prompts come from files of the data set.</summary>
    public bool IsGiven => Name == "given-scribbles";

    public static Protocol Named(string name) => All.First(protocol => protocol.Name == name);
}
