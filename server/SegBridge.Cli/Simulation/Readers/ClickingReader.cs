namespace SegBridge.Cli.Simulation.Readers;

/// <summary>One click a step where the largest piece of the object, later of the error, is deepest.</summary>
internal class ClickingReader : Radiologist
{
    protected override DrawnPrompts Begin(SliceMap truth, Random random) => CorrectErrors(truth, new SliceMap(truth.Rows, truth.Columns), random);

    public sealed override DrawnPrompts CorrectErrors(SliceMap missed, SliceMap excess, Random random) =>
        new([CentreClick.On(missed, excess, random)!.Value], null, null);
}

/// <summary>First three random clicks in the object and three outside, then centre clicks.</summary>
internal sealed class WarmStartReader : ClickingReader
{
    private const int Clicks = 3;

    protected override DrawnPrompts Begin(SliceMap truth, Random random) => new(
        [.. RandomClick.In(truth, Clicks, positive: true, random), .. RandomClick.In(truth.Complement(), Clicks, positive: false, random)], null, null);
}

/// <summary>First a box around the object, then centre clicks.</summary>
/// <param name="jitter">See <see cref="SliceBox.Around"/>.</param>
internal sealed class BoxReader(int jitter) : ClickingReader
{
    protected override DrawnPrompts Begin(SliceMap truth, Random random) => new([], null, null, SliceBox.Around(truth, jitter, random));
}
