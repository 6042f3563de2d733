using SegBridge.Cli.Cases;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Play;

/// <summary>One object to segment and the simulated reader who prompts for it.</summary>
internal abstract class Target(LabelledCase labelled)
{
    public LabelledCase Case { get; } = labelled;

    /// <summary>The case, and the slice where it is one.</summary>
    public abstract string Name { get; }

    /// <summary>The slice that a 2D reader works on; null for the whole volume.</summary>
    public abstract SlicePlane? Slice { get; }

    /// <summary>The prompts of the first step, made from the truth alone.</summary>
    public abstract DrawnStep Start(Random random);

    /// <summary>The prompts of a later step, made from what is wrong; null when nothing is.</summary>
    public abstract DrawnStep? Correct(VolumeMask mask, Random random);

    /// <summary>Dice of the segment against the truth, on the slice where it is one.</summary>
    public abstract double Dice(VolumeMask mask);

    /// <summary>The truth and the segment in one box, for measures of surfaces.</summary>
    public abstract (BitBlock Truth, BitBlock Mask) Blocks(VolumeMask mask);

    /// <summary>Dice of a proposal.</summary>
    public double Dice(BitBlock proposal)
    {
        var mask = new VolumeMask(Case.Image.Geometry.Size);
        mask.Replace(proposal);
        return Dice(mask);
    }
}

/// <summary>The prompts of one step as messages.</summary>
/// <param name="Messages">For the server.</param>
/// <param name="Count">As the reader counts: scribbles of one kind are one.</param>
internal sealed record DrawnStep(IReadOnlyList<V1.Prompt> Messages, int Count);

/// <summary>An object of a volume, prompted in all of it.</summary>
internal sealed class VolumeTarget(LabelledCase labelled, VolumeRadiologist reader) : Target(labelled)
{
    private readonly VolumeMask _truth = labelled.Truth();

    public override string Name => Case.Name;

    public override SlicePlane? Slice => null;

    public override DrawnStep Start(Random random) => Step(reader.Start(_truth, Case.Image.Geometry, random));

    public override DrawnStep? Correct(VolumeMask mask, Random random) =>
        reader.Correct(_truth, mask, Case.Image.Geometry, random) is { } drawn ? Step(drawn) : null;

    public override double Dice(VolumeMask mask) => Overlap.Dice(mask, _truth);

    public override (BitBlock Truth, BitBlock Mask) Blocks(VolumeMask mask)
    {
        var box = _truth.BoundingBox.Union(mask.BoundingBox);
        return (_truth.Read(box), mask.Read(box));
    }

    private static DrawnStep Step(VolumePrompts drawn) => new([.. VolumePromptMessages.Of(drawn)], drawn.Count);
}

/// <summary>An object on one slice of a volume.</summary>
/// <param name="labelled">The object.</param>
/// <param name="slice">Where it is prompted for.</param>
/// <param name="reader">By whom.</param>
/// <param name="by">Told apart in the name, where several read the same; or null.</param>
internal sealed class SliceTarget(LabelledCase labelled, SlicePlane slice, Radiologist reader, string? by = null) : Target(labelled)
{
    private readonly SliceMap _truth = labelled.TruthOn(slice);

    public override string Name => NameOf(Case, slice) + (by is null ? "" : $" {by}");

    public override SlicePlane? Slice => slice;

    /// <summary>The case, and the slice where it has several: "la_003 k44".</summary>
    public static string NameOf(LabelledCase labelled, SlicePlane slice) => labelled.Image.Geometry.Size.K == 1
        ? labelled.Name
        : FormattableString.Invariant($"{labelled.Name} {char.ToLowerInvariant(slice.Axis.ToString()[0])}{slice.Index}");

    public override DrawnStep Start(Random random) => Step(reader.Start(_truth, random));

    public override DrawnStep? Correct(VolumeMask mask, Random random) =>
        reader.Correct(_truth, SlicePromptMessages.MapOf(mask, slice), random) is { } drawn ? Step(drawn) : null;

    public override double Dice(VolumeMask mask) => Overlap.Dice(_truth, SlicePromptMessages.MapOf(mask, slice));

    public override (BitBlock Truth, BitBlock Mask) Blocks(VolumeMask mask)
    {
        var size = Case.Image.Geometry.Size;
        return (SlicePromptMessages.BlockOf(_truth, slice, size), mask.Read(slice.BoxIn(size)));
    }

    private DrawnStep Step(DrawnPrompts drawn) => new([.. SlicePromptMessages.Of(drawn, slice, Case.Image.Geometry.Size)], drawn.Count);
}
