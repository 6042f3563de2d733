using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Phantom;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Cases;

/// <summary>A volume with the truth about one object in it.</summary>
internal sealed class LabelledCase
{
    private readonly Volume _label;
    private readonly int? _value;

    /// <exception cref="UserException">Label and image lie on different grids.</exception>
    public LabelledCase(string name, Volume image, Volume label, int? value, Modality modality)
    {
        if (!image.Geometry.IsSameGridAs(label.Geometry, toleranceMm: 0.1))
        {
            throw new UserException(image.Geometry.Size == label.Geometry.Size
                ? $"the label must lie where the volume lies; the volume has {image.Geometry}, the label {label.Geometry}"
                : $"the label must have the volume's {image.Geometry.Size} voxels, it has {label.Geometry.Size}");
        }

        (Name, Image, Modality, _label, _value) = (name, image, modality, label, value);
    }

    public string Name { get; }

    public Volume Image { get; }

    /// <summary>The label's value of the object; null: anything but 0.</summary>
    public int? Value => _value;

    public Modality Modality { get; }

    /// <summary>The phantom that the program makes itself.</summary>
    public static LabelledCase Phantom(int seed)
    {
        var (image, label) = CtPhantom.Make(seed);
        return new LabelledCase($"phantom-{seed}", image, label, null, Modality.CT);
    }

    /// <param name="volume">NIfTI, NRRD or PNG.</param>
    /// <param name="label">The same grid.</param>
    /// <param name="value">The label's value of the object; null: anything but 0.</param>
    public static LabelledCase Read(string volume, string label, int? value)
    {
        var image = VolumeFile.Read(volume);
        return new(VolumeName.Of(volume), image, VolumeFile.Read(label), value, ModalityGuess.Of(image));
    }

    /// <summary>The object as a mask of the whole volume.</summary>
    /// <exception cref="UserException">The label marks nothing.</exception>
    public VolumeMask Truth()
    {
        var size = Image.Geometry.Size;
        var mask = new VolumeMask(size);
        for (var k = 0; k < size.K; k++)
        {
            var slice = new SlicePlane(Axis.K, k);
            mask.Replace(BitBlock.FromVoxels(slice.BoxIn(size), TruthOn(slice).Pixels));
        }

        return mask.Count > 0 ? mask : throw Nothing();
    }

    /// <summary>What to say about a label without the object.</summary>
    public UserException Nothing() => new(_value is { } value
        ? $"the label has no voxel of value {value}; --label-value must name one that it has"
        : "the label is empty; give one that marks an object");

    /// <summary>The object on a slice.</summary>
    public SliceMap TruthOn(SlicePlane slice) =>
        MapOf(ReadSlice(_label, slice), slice, value => _value is { } wanted ? Math.Abs(value - wanted) < 0.5 : value is > 0.5f or < -0.5f);

    /// <summary>Real values of a slice, row-major.</summary>
    public float[] ValuesOn(SlicePlane slice) => ReadSlice(Image, slice);

    /// <summary>Pixels of the object on each slice across K.</summary>
    public int[] AreasAcrossK() => AreasAcross(Axis.K);

    /// <summary>Pixels of the object on each slice across an axis.</summary>
    public int[] AreasAcross(Axis axis) =>
        [.. Enumerable.Range(0, Image.Geometry.Size[axis]).Select(index => TruthOn(new SlicePlane(axis, index)).Count)];

    private SliceMap MapOf(float[] values, SlicePlane slice, Func<float, bool> isObject)
    {
        var (rows, columns) = slice.ShapeIn(Image.Geometry.Size);
        return new SliceMap(rows, columns, Array.ConvertAll(values, value => isObject(value) ? (byte)1 : (byte)0));
    }

    private static float[] ReadSlice(Volume volume, SlicePlane slice)
    {
        var box = slice.BoxIn(volume.Geometry.Size);
        var values = new float[box.VoxelCount];
        volume.ReadBox(box, values);
        return values;
    }
}
