using SegBridge.Cli.Simulation.Scribbles;

namespace SegBridge.Cli.Simulation.Readers;

/// <summary>First the scribbles that a person drew, whether they keep to the truth or not; then centerline scribbles on the errors.</summary>
/// <param name="positive">Pixels on the object.</param>
/// <param name="negative">Pixels on what is not the object.</param>
internal sealed class GivenScribblesReader(SliceMap positive, SliceMap negative) : Radiologist
{
    private readonly ScribblingReader _then = new(ScribbleKind.Centerline);

    protected override DrawnPrompts Begin(SliceMap truth, Random random) =>
        new([], positive.IsEmpty ? null : positive, negative.IsEmpty ? null : negative);

    public override DrawnPrompts CorrectErrors(SliceMap missed, SliceMap excess, Random random) => _then.CorrectErrors(missed, excess, random);
}
