using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Cases.Given;

/// <summary>
/// What a person scribbled on a case, out of one file: a NumPy array (2, rows, columns), positive and negative, ½ or more
/// being drawn; or a volume on the label's grid with the labels' values where they were scribbled, and a value above all
/// of them (0 where there is none) where nothing was.
/// </summary>
internal sealed class GivenScribbles
{
    private readonly Func<SlicePlane, (SliceMap Positive, SliceMap Negative)> _on;

    private GivenScribbles(string name, Func<SlicePlane, (SliceMap Positive, SliceMap Negative)> on) => (Name, _on) = (name, on);

    /// <summary>The file's name, which tells several people's apart.</summary>
    public string Name { get; }

    /// <summary>The files that a data set names for a case or, where it names none, those in <c>scribbles/</c> that begin with its id.</summary>
    public static IReadOnlyList<string> FilesOf(Dataset dataset, DatasetCase entry)
    {
        if (entry.Scribbles.Count > 0)
        {
            return entry.Scribbles;
        }

        var folder = dataset.PathOf("scribbles");
        bool BeginsWithId(string file) => file.StartsWith(entry.Id, StringComparison.Ordinal) && !char.IsAsciiLetterOrDigit(file[entry.Id.Length]);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(BeginsWithId).Order(StringComparer.Ordinal).Select(file => Path.Combine("scribbles", file))]
            : [];
    }

    /// <param name="path">The file.</param>
    /// <param name="labelled">The object.</param>
    /// <param name="highest">The highest value that the case's label has.</param>
    /// <exception cref="UserException">The file does not fit the case.</exception>
    /// <exception cref="VolumeFormatException">The file cannot be read.</exception>
    public static GivenScribbles Read(string path, LabelledCase labelled, int highest) =>
        path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)
            ? OfArray(path, NpyArray.Read(path), labelled)
            : OfVolume(path, VolumeFile.Read(path), labelled, highest);

    /// <summary>The scribbles on the object and on what is not, on a slice.</summary>
    public (SliceMap Positive, SliceMap Negative) On(SlicePlane slice) => _on(slice);

    private static GivenScribbles OfArray(string path, NpyArray array, LabelledCase labelled)
    {
        var (rows, columns) = new SlicePlane(Axis.K, 0).ShapeIn(labelled.Image.Geometry.Size);
        if (labelled.Image.Geometry.Size.K != 1 || array.Shape is not [2, var height, var width] || height != rows || width != columns)
        {
            throw new UserException($"{Path.GetFileName(path)} must be an array (2, {rows}, {columns}) for an image of one slice, it is ({string.Join(", ", array.Shape)})");
        }

        SliceMap Channel(int n) => new(rows, columns, [.. array.Values.Skip(n * rows * columns).Take(rows * columns).Select(v => v >= 0.5f ? (byte)1 : (byte)0)]);
        var both = (Channel(0), Channel(1));
        return new GivenScribbles(Path.GetFileNameWithoutExtension(path), _ => both);
    }

    private static GivenScribbles OfVolume(string path, Volume volume, LabelledCase labelled, int highest)
    {
        if (!volume.Geometry.IsSameGridAs(labelled.Image.Geometry, toleranceMm: 0.1))
        {
            throw new UserException($"{Path.GetFileName(path)} must lie where the image lies, which has {labelled.Image.Geometry.Size} voxels; it has {volume.Geometry.Size}");
        }

        var all = new float[volume.Geometry.Size.VoxelCount];
        volume.ReadBox(volume.Geometry.Bounds, all);
        var top = (int)all.Max();
        var nothing = top > highest ? top : 0;
        return new GivenScribbles(VolumeName.Of(path), slice =>
        {
            var box = slice.BoxIn(volume.Geometry.Size);
            var values = new float[box.VoxelCount];
            volume.ReadBox(box, values);
            var (rows, columns) = slice.ShapeIn(volume.Geometry.Size);
            SliceMap Where(Func<int, bool> isDrawn) => new(rows, columns, Array.ConvertAll(values, v => isDrawn((int)v) ? (byte)1 : (byte)0));
            bool IsObject(int value) => labelled.Value is { } wanted ? value == wanted : value != 0;
            return (Where(v => v != nothing && IsObject(v)), Where(v => v != nothing && !IsObject(v)));
        });
    }
}
