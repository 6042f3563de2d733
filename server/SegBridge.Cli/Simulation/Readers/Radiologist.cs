using SegBridge.Cli.Simulation.Scribbles;

namespace SegBridge.Cli.Simulation.Readers;

/// <summary>
/// A simulated reader who knows the truth of a slice and prompts for it step by step, as ScribblePrompt was tested. All
/// chance comes from the given <see cref="Random"/>, so that the same seed draws the same prompts.
/// </summary>
internal abstract class Radiologist
{
    /// <summary>The names that <see cref="Named"/> takes, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["centerline-scribbles", "line-scribbles", "contour-scribbles", "center-clicks", "random-clicks", "warm-start", "boxes"];

    /// <param name="protocol">One of <see cref="Names"/>.</param>
    /// <param name="boxJitter">See <see cref="SliceBox.Around"/>.</param>
    /// <exception cref="ArgumentException">There is no protocol of this name.</exception>
    public static Radiologist Named(string protocol, int boxJitter = SliceBox.UsualJitter) => protocol switch
    {
        "centerline-scribbles" => new ScribblingReader(ScribbleKind.Centerline),
        "line-scribbles" => new ScribblingReader(ScribbleKind.Line),
        "contour-scribbles" => new ScribblingReader(ScribbleKind.Contour),
        "center-clicks" => new ClickingReader(),
        "random-clicks" => new RandomClickingReader(),
        "warm-start" => new WarmStartReader(),
        "boxes" => new BoxReader(boxJitter),
        _ => throw new ArgumentException($"a protocol must be one of {string.Join(", ", Names)}, got \"{protocol}\"", nameof(protocol)),
    };

    /// <summary>The prompts of the first step, made from the truth, which must not be empty.</summary>
    public DrawnPrompts Start(SliceMap truth, Random random) =>
        truth.IsEmpty ? throw new ArgumentException("the slice shows nothing to segment", nameof(truth)) : Begin(truth, random);

    /// <summary>The prompts of a later step, made from what is wrong; null when nothing is.</summary>
    public DrawnPrompts? Correct(SliceMap truth, SliceMap predicted, Random random)
    {
        var (missed, excess) = (truth.Except(predicted), predicted.Except(truth));
        return missed.IsEmpty && excess.IsEmpty ? null : CorrectErrors(missed, excess, random);
    }

    /// <summary>The prompts of a later step, made from what is missed and what is too much, of which at least one is not empty.</summary>
    public abstract DrawnPrompts CorrectErrors(SliceMap missed, SliceMap excess, Random random);

    protected abstract DrawnPrompts Begin(SliceMap truth, Random random);
}
