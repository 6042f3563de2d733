using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// The patches that a step works on. An object that fits into one patch has one, which moves when the object leaves it.
/// A larger object, of a model of fixed spacing, is covered by patches on a lattice that overlap by a quarter of their
/// length. A step runs the patches whose middle its clicks and strokes are in, those of earlier steps that hold any of
/// them, and all that its box meets; each is given the prompts that lie in it. The others stay as they are until they are
/// prompted.
/// </summary>
/// <param name="Patches">At least one; the first has the most of the step's prompts.</param>
/// <param name="OnLattice">Whether patches of earlier steps stay beside these.</param>
internal sealed record PatchCover(IReadOnlyList<VolumeGeometry> Patches, bool OnLattice)
{
    /// <summary>The part of a patch's length that it shares with the next.</summary>
    public const double Overlap = 0.25;

    private const int MostPatches = 64;

    /// <param name="before">The patches of the steps before.</param>
    /// <param name="input">The model's grid and spacing rule.</param>
    /// <param name="volume">The volume's grid.</param>
    /// <param name="mask">The bounding box of the mask so far.</param>
    /// <param name="all">All prompts so far.</param>
    /// <param name="own">This step's prompts, at least one.</param>
    /// <exception cref="InvalidRequestException">The prompts need more patches than a step may have.</exception>
    public static PatchCover Of(
        PatchState before, InputGrid input, VolumeGeometry volume, VoxelBox mask, VolumePromptVoxels all, VolumePromptVoxels own)
    {
        var known = all.Box.Union(mask).Union(own.Extent);
        var single = PatchPlacement.Place(before.Grid, input, volume, all.Box, mask, all.Inside, own.Extent);
        if (input.SpacingMm is null || PatchPlacement.Holds(single, volume, known, 0))
        {
            return new PatchCover([single], OnLattice: false);
        }

        var anchor = before.Grid is { } laid && laid.Spacing == single.Spacing ? laid : AnchorFor(single, volume, known);
        var cells = CellsOf(anchor, volume, own);
        if (cells.Count > MostPatches)
        {
            throw new InvalidRequestException(
                $"prompts: they need {cells.Count} patches of this model and a step may have {MostPatches}; prompt one part of the object after the other");
        }

        var laidBefore = before.Grid is null ? [] : before.Beside.Select(part => part.Grid).Append(anchor).ToList();
        var prompted = cells.Select(cell => At(anchor, cell)).Select(patch => laidBefore.Find(other => other.IsSameGridAs(patch)) ?? patch);
        var reached = laidBefore.Where(patch => own.Marks.Any(mark => PatchPlacement.Holds(patch, volume, VoxelBox.Of(mark.Voxel), 0)));
        return new PatchCover([.. prompted.Concat(reached).Distinct()], OnLattice: true);
    }

    private static double StrideOf(VolumeGeometry patch) => patch.Size.I * (1 - Overlap);

    private static VolumeGeometry At(VolumeGeometry anchor, Ijk cell)
    {
        var stride = StrideOf(anchor);
        return new VolumeGeometry(
            anchor.Size, anchor.Spacing, anchor.Direction, anchor.ToLps(new VoxelPoint(cell.I * stride, cell.J * stride, cell.K * stride)));
    }

    // The first patch of as few as cover a box, in whose middle they all are together.
    private static VolumeGeometry AnchorFor(VolumeGeometry patch, VolumeGeometry volume, VoxelBox box)
    {
        var corners = PatchPlacement.Corners(box).Select(corner => patch.ToVoxel(volume.ToLps(corner))).ToList();
        double FirstOf(Func<VoxelPoint, double> along)
        {
            var (low, high) = (corners.Min(along), corners.Max(along));
            var further = Math.Max(0, Math.Ceiling((high - low + 1 - patch.Size.I) / StrideOf(patch)));
            return ((low + high - (patch.Size.I - 1)) / 2) - (further / 2 * StrideOf(patch));
        }

        var first = new VoxelPoint(FirstOf(at => at.I), FirstOf(at => at.J), FirstOf(at => at.K));
        return new VolumeGeometry(patch.Size, patch.Spacing, patch.Direction, patch.ToLps(first));
    }

    private static List<Ijk> CellsOf(VolumeGeometry anchor, VolumeGeometry volume, VolumePromptVoxels own)
    {
        // In units of the lattice: the middle of a cell's patch is an integer.
        VoxelPoint OnLattice(VoxelPoint voxel)
        {
            var (at, middle, stride) = (anchor.ToVoxel(volume.ToLps(voxel)), (anchor.Size.I - 1) / 2.0, StrideOf(anchor));
            return new VoxelPoint((at.I - middle) / stride, (at.J - middle) / stride, (at.K - middle) / stride);
        }

        var prompted = own.Marks.GroupBy(mark => OnLattice(mark.Voxel.Centre).Nearest()).OrderByDescending(cell => cell.Count()).Select(cell => cell.Key);
        if (own.Box.IsEmpty)
        {
            return [.. prompted];
        }

        var corners = PatchPlacement.Corners(own.Box).Select(OnLattice).ToList();
        var boxed =
            from k in CellsAlong(corners.Min(at => at.K), corners.Max(at => at.K))
            from j in CellsAlong(corners.Min(at => at.J), corners.Max(at => at.J))
            from i in CellsAlong(corners.Min(at => at.I), corners.Max(at => at.I))
            select new Ijk(i, j, k);
        return [.. prompted.Concat(boxed).Distinct()];
    }

    // As few as reach from low to high: the outermost patches go on for half an overlap beyond their cells.
    private static IEnumerable<int> CellsAlong(double low, double high)
    {
        const double beyond = Overlap / 2 / (1 - Overlap);
        var (first, last) = low + beyond < high - beyond ? (low + beyond, high - beyond) : ((low + high) / 2, (low + high) / 2);
        var (from, to) = ((int)Math.Floor(first + 0.5), (int)Math.Ceiling(last - 0.5));
        return Enumerable.Range(from, Math.Max(1, to - from + 1));
    }
}
