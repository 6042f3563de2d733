using System.Buffers.Binary;
using System.Security.Cryptography;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>What a slice is predicted from: the mask of the slice before, and finished slices as examples.</summary>
/// <param name="Before">The slice before.</param>
/// <param name="Examples">Finished slices, the nearest first; none for a model without context.</param>
/// <param name="Fingerprint">Of model, image and masks: the same inputs give the same prediction.</param>
internal sealed record PropagationInputs(SliceMask Before, IReadOnlyList<SliceMask> Examples, string Fingerprint)
{
    public IReadOnlyList<SlicePlane> Sources => [.. Examples.Prepend(Before).Select(slice => slice.Plane).Distinct()];

    /// <param name="segment">Read under the session's lock.</param>
    /// <param name="fill">What is to be filled. Of a task only which one it is counts: examples added to it later leave what was filled.</param>
    /// <param name="model">The model.</param>
    /// <param name="imageVersion">Grows when voxels of the volume change.</param>
    public static PropagationInputs Of(Segment segment, SliceFill fill, ModelManifest model, long imageVersion)
    {
        var masks = fill.Examples.Prepend(fill.Before).Select(plane => new SliceMask(plane, segment.Mask.Read(plane.BoxIn(segment.Mask.Size)))).ToArray();
        var name = $"{model.Id} {model.Version} {imageVersion} {fill.TaskId} {string.Join(' ', masks.Select(mask => $"{mask.Plane.Axis}{mask.Plane.Index}"))}";
        return new PropagationInputs(masks[0], masks[1..], name + string.Concat(masks.Select(mask => " " + FingerprintOf(mask.Mask))));
    }

    public static string FingerprintOf(BitBlock mask) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(mask.Bits)).ToString("x16", null);
}
