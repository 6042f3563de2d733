using System.Buffers.Binary;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Segmentations;

/// <summary>Segments as one label volume: the first is 1, the next 2; a voxel of several takes the last.</summary>
internal static class LabelFile
{
    public const int MaxSegments = 1000;

    private static readonly (byte Red, byte Green, byte Blue)[] Colours = [(230, 77, 64), (64, 153, 230), (89, 191, 89), (242, 191, 51), (166, 102, 204), (77, 191, 191)];

    /// <summary>The colour of a segment that has none of its own, by its position from 0.</summary>
    public static (byte Red, byte Green, byte Blue) ColourOf(int position) => Colours[position % Colours.Length];

    /// <summary>Writes .nii.gz, .nii or .nrrd; .seg.nrrd also names the segments for 3D Slicer.</summary>
    /// <returns>How many times a voxel lost a label to a later segment.</returns>
    /// <exception cref="ArgumentException">Another extension.</exception>
    public static long Write(string path, Segmentation segmentation)
    {
        var (grid, segments) = segmentation;
        var type = segments.Count <= byte.MaxValue ? VoxelType.UInt8 : VoxelType.UInt16;
        var (labels, lost) = Label(grid.Size, segments, type.Bytes());
        var volume = new Volume(grid, type, Rescale.Identity, labels);
        if (!path.EndsWith(".seg.nrrd", StringComparison.OrdinalIgnoreCase))
        {
            VolumeFile.Write(path, volume);
            return lost;
        }

        var unfinished = path + ".part";
        using (var stream = File.Create(unfinished))
        {
            NrrdFile.Write(stream, volume, SlicerSegment.KeyValues([.. segments.Select(ToSlicer)]));
        }

        File.Move(unfinished, path, overwrite: true);
        return lost;
    }

    /// <summary>Reads labels: whole numbers, of which each but 0 is a segment; names and codes come from a .seg.nrrd.</summary>
    /// <exception cref="UserException">It is no label volume.</exception>
    /// <exception cref="VolumeFormatException">It cannot be read.</exception>
    public static Segmentation Read(string path)
    {
        if (!path.EndsWith(".nrrd", StringComparison.OrdinalIgnoreCase))
        {
            return Read(VolumeFile.Read(path), [], Path.GetFileName(path));
        }

        using var stream = FileOnDisk.OpenRead(path);
        var content = NrrdFile.ReadWithKeyValues(stream);
        return Read(content.Volume, SlicerSegment.Of(content.KeyValues), Path.GetFileName(path));
    }

    private static Segmentation Read(Volume volume, IReadOnlyList<SlicerSegment> described, string name)
    {
        var size = volume.Geometry.Size;
        var masks = new SortedDictionary<int, VolumeMask>();
        var (values, plane) = (new float[size.I * size.J], new byte[size.I * size.J]);
        for (var k = 0; k < size.K; k++)
        {
            var box = new SlicePlane(Axis.K, k).BoxIn(size);
            volume.ReadBox(box, values);
            foreach (var label in values.Distinct().Where(value => value != 0).ToArray())
            {
                if (!(label is > 0 and <= ushort.MaxValue) || label != MathF.Floor(label) || (masks.Count >= MaxSegments && !masks.ContainsKey((int)label)))
                {
                    throw new UserException(
                        $"{name} is no label file: each voxel must be a whole number from 0 to {ushort.MaxValue}, of at most {MaxSegments} different ones");
                }

                for (var n = 0; n < plane.Length; n++)
                {
                    plane[n] = values[n] == label ? (byte)1 : (byte)0;
                }

                if (!masks.TryGetValue((int)label, out var mask))
                {
                    masks[(int)label] = mask = new VolumeMask(size);
                }

                mask.Replace(BitBlock.FromVoxels(box, plane));
            }
        }

        return new Segmentation(volume.Geometry, [.. masks.Select(pair => new SegmentMask(
            Describe(described.FirstOrDefault(segment => segment.LabelValue == pair.Key), pair.Key), pair.Value))]);
    }

    private static DicomSegment Describe(SlicerSegment? segment, int label)
    {
        static byte Channel(double part) => (byte)Math.Round(255 * Math.Clamp(part, 0, 1));
        return segment is null
            ? DicomSegment.Of(label.ToString(System.Globalization.CultureInfo.InvariantCulture), "")
            : DicomSegment.Of(segment.Name, segment.Terminology) with { Colour = (Channel(segment.Red), Channel(segment.Green), Channel(segment.Blue)) };
    }

    private static SlicerSegment ToSlicer(SegmentMask segment, int n)
    {
        var (red, green, blue) = segment.Segment.Colour ?? ColourOf(n);
        return new SlicerSegment($"Segment_{n + 1}", segment.Segment.Label, red / 255.0, green / 255.0, blue / 255.0, n + 1, segment.Mask.BoundingBox)
        {
            Terminology = segment.Segment.ToTerminology(),
        };
    }

    private static (byte[] Voxels, long Lost) Label(VolumeSize size, IReadOnlyList<SegmentMask> segments, int bytes)
    {
        var (voxels, lost) = (new byte[size.VoxelCount * bytes], 0L);
        for (var n = 0; n < segments.Count; n++)
        {
            var box = segments[n].Mask.BoundingBox;
            for (var k = box.Lower.K; k < box.Upper.K; k++)
            {
                var slice = new SlicePlane(Axis.K, k).BoxIn(size);
                var plane = new byte[slice.VoxelCount];
                segments[n].Mask.Read(slice).Unpack(plane);
                var labels = voxels.AsSpan(checked((int)((long)k * plane.Length * bytes)), plane.Length * bytes);
                for (var at = 0; at < plane.Length; at++)
                {
                    if (plane[at] == 0)
                    {
                        continue;
                    }

                    lost += labels.Slice(at * bytes, bytes).ContainsAnyExcept((byte)0) ? 1 : 0;
                    if (bytes == 1)
                    {
                        labels[at] = (byte)(n + 1);
                    }
                    else
                    {
                        BinaryPrimitives.WriteUInt16LittleEndian(labels[(2 * at)..], (ushort)(n + 1));
                    }
                }
            }
        }

        return (voxels, lost);
    }
}
