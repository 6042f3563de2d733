using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Segments;

/// <summary>What a segment remembers of a 3D model on one patch.</summary>
/// <param name="Grid">Where the patch lies.</param>
/// <param name="Logits">What the next step there starts from.</param>
internal sealed record KeptPart(VolumeGeometry Grid, KeptLogits Logits)
{
    public static KeptPart Of(PatchPart part) => new(part.Grid, KeptLogits.Of(part.Logits, part.Grid));

    public PatchPart Read() => new(Grid, Logits.Read());
}
