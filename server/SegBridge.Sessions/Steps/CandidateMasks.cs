using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Steps;

/// <summary>Candidates as the user sees them.</summary>
internal static class CandidateMasks
{
    /// <summary>All candidates, best first, and where they disagree.</summary>
    /// <param name="proposed">At least one, in the model's own order, all on one box.</param>
    /// <param name="chosen">Index of the one that was taken.</param>
    /// <param name="voxelMl">Millilitres of a voxel.</param>
    public static CandidatesEvent Of(IReadOnlyList<(BitBlock Mask, float Confidence)> proposed, int chosen, double voxelMl)
    {
        var candidates = proposed
            .Select((candidate, index) => new CandidateInfo(
                index, candidate.Confidence, Compact(candidate.Mask), candidate.Mask.Count * voxelMl))
            .OrderByDescending(candidate => candidate.Confidence);
        return new CandidatesEvent([.. candidates], chosen, Compact(Disagreement([.. proposed.Select(candidate => candidate.Mask)])));
    }

    /// <summary>The voxels that some masks of a box hold and others do not.</summary>
    private static BitBlock Disagreement(IReadOnlyList<BitBlock> masks)
    {
        var (some, all) = (masks[0].Bits.ToArray(), masks[0].Bits.ToArray());
        foreach (var mask in masks.Skip(1))
        {
            for (var n = 0; n < some.Length; n++)
            {
                some[n] |= mask.Bits[n];
                all[n] &= mask.Bits[n];
            }
        }

        for (var n = 0; n < some.Length; n++)
        {
            some[n] &= (byte)~all[n];
        }

        return BitBlock.FromPacked(masks[0].Box, some);
    }

    private static BitBlock Compact(BitBlock mask) => mask.Crop(mask.BoundingBox);
}
