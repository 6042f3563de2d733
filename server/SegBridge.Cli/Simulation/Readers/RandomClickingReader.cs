namespace SegBridge.Cli.Simulation.Readers;

/// <summary>One click a step in a pixel of the object, later of the error, each as likely as any other.</summary>
internal sealed class RandomClickingReader : Radiologist
{
    protected override DrawnPrompts Begin(SliceMap truth, Random random) => new([.. RandomClick.In(truth, 1, positive: true, random)], null, null);

    public override DrawnPrompts CorrectErrors(SliceMap missed, SliceMap excess, Random random)
    {
        var positive = random.Next(missed.Count + excess.Count) < missed.Count;
        return new DrawnPrompts([.. RandomClick.In(positive ? missed : excess, 1, positive, random)], null, null);
    }
}
