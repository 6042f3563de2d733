using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Segments;

/// <summary>What a 3D model said on one patch.</summary>
/// <param name="Grid">Where the patch lies.</param>
/// <param name="Logits">Tensor order (R, A, S).</param>
internal sealed record PatchPart(VolumeGeometry Grid, ReadOnlyMemory<float> Logits);
