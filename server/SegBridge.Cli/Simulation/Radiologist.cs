namespace SegBridge.Cli.Simulation;

/// <summary>
/// A simulated reader who knows the truth of a slice and prompts for it step by step. All chance comes from the given
/// <see cref="Random"/>, so that the same seed draws the same prompts.
/// </summary>
internal abstract class Radiologist
{
    /// <summary>The names that <see cref="Named"/> takes, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["centerline-scribbles", "center-clicks"];

    /// <exception cref="ArgumentException">There is no protocol of this name.</exception>
    public static Radiologist Named(string protocol) => protocol switch
    {
        "centerline-scribbles" => new ScribblingRadiologist(),
        "center-clicks" => new ClickingRadiologist(),
        _ => throw new ArgumentException($"a protocol must be one of {string.Join(", ", Names)}, got \"{protocol}\"", nameof(protocol)),
    };

    /// <summary>The prompts of the first step, made from the truth, which must not be empty.</summary>
    public abstract DrawnPrompts Start(SliceMap truth, Random random);

    /// <summary>The prompts of a later step, made from what is wrong; null when nothing is.</summary>
    public DrawnPrompts? Correct(SliceMap truth, SliceMap predicted, Random random)
    {
        var (missed, excess) = (truth.Except(predicted), predicted.Except(truth));
        return missed.IsEmpty && excess.IsEmpty ? null : Correct(missed, excess, truth, random);
    }

    protected abstract DrawnPrompts? Correct(SliceMap missed, SliceMap excess, SliceMap truth, Random random);

    /// <summary>First one scribble in the object and one outside, then one a step in the larger kind of error.</summary>
    private sealed class ScribblingRadiologist : Radiologist
    {
        public override DrawnPrompts Start(SliceMap truth, Random random)
        {
            var outside = truth.Complement();
            return new DrawnPrompts(
                [], CenterlineScribble.Draw(truth, random), outside.IsEmpty ? null : CenterlineScribble.Draw(outside, random));
        }

        protected override DrawnPrompts? Correct(SliceMap missed, SliceMap excess, SliceMap truth, Random random) =>
            missed.Count >= excess.Count
                ? new DrawnPrompts([], CenterlineScribble.Draw(missed, random), null)
                : new DrawnPrompts([], null, CenterlineScribble.Draw(excess, random));
    }

    /// <summary>One click a step where the largest piece of the object, later of the error, is deepest.</summary>
    private sealed class ClickingRadiologist : Radiologist
    {
        public override DrawnPrompts Start(SliceMap truth, Random random) =>
            Correct(truth, new SliceMap(truth.Rows, truth.Columns), truth, random)
            ?? throw new ArgumentException("the slice shows nothing to click on", nameof(truth));

        protected override DrawnPrompts? Correct(SliceMap missed, SliceMap excess, SliceMap truth, Random random) =>
            CentreClick.On(missed, excess) is { } click ? new DrawnPrompts([click], null, null) : null;
    }
}
