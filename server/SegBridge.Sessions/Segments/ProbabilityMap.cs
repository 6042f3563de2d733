using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// How likely each voxel belongs to a segment, in 255ths: what the models said that made its mask, and certainty where a
/// person or another segment had the last word. It is at least 128 exactly where the mask is.
/// </summary>
internal sealed class ProbabilityMap(SessionState state, Func<string, SessionModel> models)
{
    private const byte Half = 128;

    /// <returns>C-order (k, j, i) of the volume.</returns>
    /// <exception cref="Errors.SegmentNotFoundException">There is no such segment.</exception>
    public byte[] Of(string segmentId)
    {
        var volume = state.Volume.Geometry;
        var map = new byte[volume.Size.VoxelCount];
        SegmentState known;
        lock (state.Gate)
        {
            var segment = state.GetSegment(segmentId);
            known = segment.State;
            segment.Mask.Read(volume.Bounds).Unpack(map);
        }

        foreach (ref var voxel in map.AsSpan())
        {
            voxel = voxel == 0 ? byte.MinValue : byte.MaxValue;
        }

        foreach (var (section, slice) in known.Slices)
        {
            if (section.Slice is { } plane && slice is { Logits: { } logits, LogitsModelId: { } model })
            {
                Refine(map, plane, logits, model);
            }
        }

        // Of a slice and a patch the patch is newer: a step on a slice forgets it.
        if (known.Patch is { Grid: { } grid, Logits: { } kept })
        {
            Refine(map, [.. known.Patch.Beside.Insert(0, new KeptPart(grid, kept)).Select(part => part.Read())]);
        }

        return map;
    }

    private void Refine(byte[] map, SlicePlane plane, ReadOnlyMemory<float> logits, string modelId)
    {
        // A model that was replaced may have another grid.
        if (ModelOf(modelId) is not { } known || known.Model.LogitCount != logits.Length)
        {
            return;
        }

        var (size, frame) = (state.Volume.Geometry.Size, new GridFrame(plane, state.Volume.Geometry));
        var probabilities = known.Model.ProbabilitiesOf(logits.Span, frame.Rows, frame.Columns);
        for (var n = 0; n < probabilities.Length; n++)
        {
            var voxel = plane.VoxelAt(n / frame.Columns, n % frame.Columns);
            Refine(ref map[(((voxel.K * size.J) + voxel.J) * size.I) + voxel.I], probabilities[n]);
        }
    }

    private void Refine(byte[] map, IReadOnlyList<PatchPart> parts)
    {
        var volume = state.Volume.Geometry;
        var box = parts.Aggregate(VoxelBox.Empty, (all, part) => all.Union(PatchImage.SourceBox(volume, part.Grid)));
        // Slice by slice: numbers of a whole volume would take much memory.
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            var logits = PatchBlend.Logits(parts, volume, new VoxelBox(box.Lower with { K = k }, box.Upper with { K = k + 1 }));
            for (var n = 0; n < logits.Length; n++)
            {
                var (j, i) = (box.Lower.J + (n / box.Size.I), box.Lower.I + (n % box.Size.I));
                Refine(ref map[(((k * volume.Size.J) + j) * volume.Size.I) + i], 1 / (1 + MathF.Exp(-logits[n])));
            }
        }
    }

    /// <summary>Null for a model that is gone: then the mask alone is known.</summary>
    private SessionModel.OnSlices? ModelOf(string id)
    {
        try
        {
            return models(id) as SessionModel.OnSlices;
        }
        catch (Exception gone) when (gone is ModelNotFoundException or ModelRefusedException)
        {
            return null;
        }
    }

    private static void Refine(ref byte voxel, float probability)
    {
        if (float.IsNaN(probability))
        {
            return;
        }

        var inside = voxel >= Half;
        var value = (byte)MathF.Round(probability * byte.MaxValue);
        voxel = inside != probability >= 0.5f ? (inside ? byte.MaxValue : byte.MinValue)
            : inside ? Math.Max(Half, value)
            : Math.Min((byte)(Half - 1), value);
    }
}
