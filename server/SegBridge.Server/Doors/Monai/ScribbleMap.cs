using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// What a client draws with a brush, as it sends it: one volume of labels with its segments and, as two more, the
/// scribbles on the object and beside it. What lies on top hides what is below.
/// </summary>
internal sealed class ScribbleMap
{
    private const string InsideName = "foreground_scribbles";
    private const string OutsideName = "background_scribbles";

    // Where no names come along, these are meant.
    private const int InsideValue = 3;
    private const int OutsideValue = 2;

    // Grids that were written as 32-bit floating point and read again.
    private const double SameGridMm = 0.1;

    private readonly BitBlock? _own;
    private readonly BitBlock _onTop;

    private ScribbleMap(BitBlock inside, BitBlock outside, BitBlock? own, BitBlock onTop) =>
        (Inside, Outside, _own, _onTop) = (inside, outside, own, onTop);

    /// <summary>In their own bounding box, as <see cref="Outside"/>.</summary>
    public BitBlock Inside { get; }

    public BitBlock Outside { get; }

    /// <param name="map">As it was sent.</param>
    /// <param name="image">The grid it must have.</param>
    /// <param name="values">The values of segments by their names; null: not told.</param>
    /// <param name="label">The segment that is worked on.</param>
    /// <exception cref="InvalidRequestException">It is not on the image's grid.</exception>
    public static ScribbleMap Of(Volume map, VolumeGeometry image, IReadOnlyDictionary<string, int>? values, string label)
    {
        if (!map.Geometry.IsSameGridAs(image, SameGridMm))
        {
            throw new InvalidRequestException($"label: it must lie on the grid of the image ({image.Size} voxels); got {map.Geometry.Size} voxels, or another place or direction");
        }

        int? ValueOf(string name, int otherwise) => values is null ? otherwise : values.TryGetValue(name, out var value) ? value : null;
        var (inside, outside) = (ValueOf(InsideName, InsideValue), ValueOf(OutsideName, OutsideValue));
        int? own = values is not null && values.TryGetValue(label, out var told) ? told : null;
        var parts = Split(
            map, value => (value == inside ? Part.Inside : 0) | (value == outside ? Part.Outside : 0) | (value == own ? Part.Own : Part.OnTop));
        return new ScribbleMap(parts(Part.Inside), parts(Part.Outside), values is null ? null : parts(Part.Own), parts(Part.OnTop));
    }

    /// <summary>The object as the client shows it, where that is not the mask it was sent: its user has edited it.</summary>
    /// <param name="sent">The mask of the segment, in any box that holds it.</param>
    /// <returns>Null when it is what was sent.</returns>
    public MaskPrompt? EditOf(BitBlock sent)
    {
        if (_own is null)
        {
            return null;
        }

        var box = _own.Box.Union(sent.BoundingBox);
        var own = _own.Crop(box).Bits;
        var before = sent.Crop(box).Bits;
        var onTop = _onTop.Crop(box).Bits;
        var shown = new byte[own.Length];
        for (var n = 0; n < shown.Length; n++)
        {
            shown[n] = (byte)(own[n] | (before[n] & onTop[n]));
        }

        return shown.AsSpan().SequenceEqual(before) ? null : new MaskPrompt(BitBlock.FromPacked(box, shown));
    }

    // The voxels of each part, in their own bounding box.
    private static Func<Part, BitBlock> Split(Volume map, Func<int, Part> partsOf)
    {
        var size = map.Geometry.Size;
        var found = Enum.GetValues<Part>().ToDictionary(part => part, _ => new VolumeMask(size));
        var values = new float[size.I * size.J];
        for (var k = 0; k < size.K; k++)
        {
            var box = new VoxelBox(new Ijk(0, 0, k), new Ijk(size.I, size.J, k + 1));
            map.ReadBox(box, values);
            var onSlice = new Dictionary<Part, BitBlock>();
            for (var n = values.AsSpan().IndexOfAnyExcept(0f); (uint)n < values.Length; n++)
            {
                if (values[n] == 0)
                {
                    continue;
                }

                var (row, column) = Math.DivRem(n, size.I);
                var parts = partsOf((int)MathF.Round(values[n]));
                foreach (var (part, _) in found)
                {
                    if ((parts & part) != 0)
                    {
                        (onSlice.TryGetValue(part, out var block) ? block : onSlice[part] = new BitBlock(box))[new Ijk(column, row, k)] = true;
                    }
                }
            }

            foreach (var (part, block) in onSlice)
            {
                found[part].Replace(block);
            }
        }

        return part => found[part].Read(found[part].BoundingBox);
    }

    /// <summary>What a voxel of the map belongs to.</summary>
    [Flags]
    private enum Part
    {
        Inside = 1,
        Outside = 2,
        Own = 4,
        OnTop = 8,
    }
}
