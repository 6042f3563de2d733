using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Segment;

/// <summary>Segments as one label volume: the first is 1, the next 2; a voxel of several takes the last.</summary>
internal static class LabelFile
{
    private static readonly (double Red, double Green, double Blue)[] Colours =
    [
        (0.90, 0.30, 0.25), (0.25, 0.60, 0.90), (0.35, 0.75, 0.35), (0.95, 0.75, 0.20), (0.65, 0.40, 0.80), (0.30, 0.75, 0.75),
    ];

    /// <summary>Writes .nii.gz, .nii or .nrrd; .seg.nrrd also names the segments for 3D Slicer.</summary>
    /// <exception cref="ArgumentException">Another extension.</exception>
    public static void Write(string path, VolumeGeometry geometry, IReadOnlyList<(string Id, VolumeMask Mask)> segments)
    {
        var volume = new Volume(geometry, VoxelType.UInt8, Rescale.Identity, Label(geometry.Size, segments));
        if (!path.EndsWith(".seg.nrrd", StringComparison.OrdinalIgnoreCase))
        {
            VolumeFile.Write(path, volume);
            return;
        }

        var names = segments.Select((segment, n) => new SlicerSegment(
            $"Segment_{n + 1}", segment.Id, Colours[n % Colours.Length].Red, Colours[n % Colours.Length].Green, Colours[n % Colours.Length].Blue,
            n + 1, segment.Mask.BoundingBox));
        var unfinished = path + ".part";
        using (var stream = File.Create(unfinished))
        {
            NrrdFile.Write(stream, volume, SlicerSegment.KeyValues([.. names]));
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private static byte[] Label(VolumeSize size, IReadOnlyList<(string Id, VolumeMask Mask)> segments)
    {
        var voxels = new byte[size.VoxelCount];
        for (var n = 0; n < segments.Count; n++)
        {
            var box = segments[n].Mask.BoundingBox;
            for (var k = box.Lower.K; k < box.Upper.K; k++)
            {
                var slice = new SlicePlane(Axis.K, k).BoxIn(size);
                var plane = new byte[slice.VoxelCount];
                segments[n].Mask.Read(slice).Unpack(plane);
                var start = (int)((long)k * plane.Length);
                for (var at = 0; at < plane.Length; at++)
                {
                    voxels[start + at] = plane[at] != 0 ? (byte)(n + 1) : voxels[start + at];
                }
            }
        }

        return voxels;
    }
}
