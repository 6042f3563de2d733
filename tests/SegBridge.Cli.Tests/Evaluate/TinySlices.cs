using SegBridge.Cli.Cases;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Tests.Evaluate;

/// <summary>A folder of pairs of grey pictures and labels by their names: bright discs on a dim ground; somebody scribbled on each.</summary>
internal sealed class TinySlices : IDisposable
{
    private const int Side = 64;

    public TinySlices()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "scribbles"));
        for (var n = 0; n < 3; n++)
        {
            Write($"disc{n}", 22 + (8 * n), 12 + (2 * n), n);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("segbridge-discs-").FullName;

    /// <summary>An image of one slice whose object is its first pixel.</summary>
    public static LabelledCase Case(int rows, int columns)
    {
        var label = new byte[rows * columns];
        label[0] = 1;
        return new LabelledCase("tiny", VolumeOf(new byte[rows * columns], rows, columns), VolumeOf(label, rows, columns), 1, Modality.Unknown);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Write(string name, int centre, int radius, int seed)
    {
        var random = new Random(seed);
        var (image, label, scribbles) = (new ushort[Side * Side], new ushort[Side * Side], new float[2 * Side * Side]);
        for (var at = 0; at < Side * Side; at++)
        {
            var (row, column) = Math.DivRem(at, Side);
            var inside = Math.Pow(row - 32, 2) + Math.Pow(column - centre, 2) <= radius * radius;
            image[at] = (ushort)((inside ? 190 : 60) + random.Next(20));
            label[at] = inside ? (ushort)1 : (ushort)0;
            scribbles[at] = row == 32 && Math.Abs(column - centre) < radius - 3 ? 1 : 0;
            scribbles[(Side * Side) + at] = row == 4 ? 1 : 0;
        }

        foreach (var (file, pixels) in new[] { ($"{name}.png", image), ($"{name}_label.png", label) })
        {
            using var stream = File.Create(Path.Combine(Folder, file));
            PngFile.WriteGrey16(stream, Side, Side, pixels);
        }

        Npy.Write(Path.Combine(Folder, "scribbles", $"{name}_0.npy"), scribbles, 2, Side, Side);
    }

    private static Volume VolumeOf(byte[] pixels, int rows, int columns) =>
        new(VolumeGeometry.AxisAligned(new VolumeSize(columns, rows, 1), new Spacing(1, 1, 1)), VoxelType.UInt8, Rescale.Identity, pixels);
}
