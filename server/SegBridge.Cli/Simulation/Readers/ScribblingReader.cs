using SegBridge.Cli.Simulation.Scribbles;

namespace SegBridge.Cli.Simulation.Readers;

/// <summary>
/// First scribbles in the object and outside (lines three each, else one), then one a step where something is wrong. Where
/// something is missed and something too much, a centerline goes to each with its share of the wrong pixels, lines and
/// contours by the toss of a coin, as in the published settings.
/// </summary>
internal sealed class ScribblingReader(ScribbleKind kind) : Radiologist
{
    private const int FirstLines = 3;

    protected override DrawnPrompts Begin(SliceMap truth, Random random)
    {
        var count = kind == ScribbleKind.Line ? FirstLines : 1;
        var outside = truth.Complement();
        return new DrawnPrompts(
            [], Scribble.Draw(kind, truth, count, random), outside.IsEmpty ? null : Scribble.Draw(kind, outside, count, random));
    }

    public override DrawnPrompts CorrectErrors(SliceMap missed, SliceMap excess, Random random) =>
        GoesToExcess(missed.Count, excess.Count, random.NextDouble())
            ? new DrawnPrompts([], null, Scribble.Draw(kind, excess, 1, random))
            : new DrawnPrompts([], Scribble.Draw(kind, missed, 1, random), null);

    /// <param name="missed">Pixels.</param>
    /// <param name="excess">Pixels.</param>
    /// <param name="chance">0 to 1.</param>
    public bool GoesToExcess(int missed, int excess, double chance) =>
        missed == 0 || (excess > 0 && chance < (kind == ScribbleKind.Centerline ? (double)excess / (missed + excess) : 0.5));
}
