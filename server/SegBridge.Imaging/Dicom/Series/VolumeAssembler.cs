using System.Globalization;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>Decodes the slices of a stack, several at a time, straight to their places in one volume.</summary>
internal static class VolumeAssembler
{
    // Slices with gaps between them are common, gaps as wide as a slice are not.
    private const double FarApart = 1.9;

    public static DicomVolume Assemble(
        DicomStack stack, DicomVolumeOptions options, IEnumerable<string> seriesNotes, DicomReadLimits limits, CancellationToken cancellation)
    {
        var frames = stack.Frames;
        var spacing = stack.Slices;
        Require(spacing, options);
        var notes = new List<string>(seriesNotes);
        var first = frames[0];
        if (frames.Count == 1 && first.Thickness is null)
        {
            notes.Add("the file does not say how thick its one slice is; 1 mm was taken");
        }

        if (frames.Count > 1 && spacing.Step.Length > FarApart * first.Thickness)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"the slices are {spacing.Step.Length:0.##} mm apart, but the file says {first.Thickness:0.##} mm: is every other one missing?"));
        }

        var (type, rescale) = TypeOf(frames, notes);
        var size = GridSteps.SizeOf(first.Pixels.Columns, first.Pixels.Rows, frames.Count, "the series");
        RequireMemory(size, type, limits);
        var volume = new Volume(
            new GridSteps(first.AlongRow, first.AlongColumn, spacing.Step, first.Position).ToGeometry(size, "the positions of the slices"),
            type, rescale, Decode(frames, size, type, cancellation));
        var padding = PaddingOf(first);
        var isSource = true;
        if (spacing.Problem is not null)
        {
            notes.Add($"{spacing.Explanation}: interpolated onto an even grid");
            (volume, isSource) = (EvenSlices.Resample(volume, frames, spacing.Step, limits), false);
        }

        if (spacing.IsTilted)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"the gantry was tilted by {TiltDegrees(spacing.Step, first.Normal):0.#}°: {(options.GantryTilt == GantryTilt.Keep ? "the grid is sheared" : "interpolated onto a grid of right angles")}"));
            if (options.GantryTilt == GantryTilt.Resample)
            {
                (volume, isSource) = (UprightSlices.Resample(volume, padding, limits), false);
            }
        }

        var references = frames.Select(frame => frame.Reference).ToArray();
        return new DicomVolume(
            volume, new DicomSource(volume.Geometry, first.Dataset, isSource ? references : [], references), ModalityOf(first.Dataset), padding,
            SuvFactor.Of(first.Dataset, notes), first.Pixels.PhotometricInterpretation == "MONOCHROME1", notes);
    }

    private static void Require(SliceSpacing spacing, DicomVolumeOptions options)
    {
        if (spacing.Problem == DicomSeriesProblem.NotAligned)
        {
            throw new DicomSeriesException(spacing.Problem.Value, spacing.Explanation + ", so they make no volume");
        }

        if (spacing.Problem is { } problem && options.UnevenSlices == UnevenSlices.Refuse)
        {
            throw new DicomSeriesException(problem, $"{spacing.Explanation}; get the rest of the series, or ask for interpolation onto an even grid");
        }

        if (spacing.IsTilted && options.GantryTilt == GantryTilt.Refuse)
        {
            throw new DicomSeriesException(DicomSeriesProblem.GantryTilt, "the gantry was tilted; ask to keep the sheared grid, or for interpolation");
        }
    }

    /// <summary>The stored type where all slices agree on it and on their rescale; real values where not.</summary>
    private static (VoxelType Type, Rescale Rescale) TypeOf(IReadOnlyList<DicomFrame> frames, List<string> notes)
    {
        var first = frames[0];
        if (first.Pixels.SamplesPerPixel != 1 || frames.Any(frame => frame.Pixels.SamplesPerPixel != 1))
        {
            throw new VolumeFormatException("the images are in colour; a volume must be grey");
        }

        if (frames.FirstOrDefault(frame => frame.Pixels.Shape.HighBit != frame.Pixels.BitsStored - 1) is { } odd)
        {
            throw new VolumeFormatException(
                $"the high bit must be one below the {odd.Pixels.BitsStored} bits stored (PS3.5 section 8.1.1), got {odd.Pixels.Shape.HighBit}");
        }

        if (first.Pixels.PhotometricInterpretation == "PALETTE COLOR")
        {
            throw new VolumeFormatException("the images are coloured by a palette; a volume must be grey");
        }

        if (frames.All(frame => frame.Rescale == first.Rescale && StoredPixels.TypeOf(frame.Pixels) == StoredPixels.TypeOf(first.Pixels)))
        {
            return (StoredPixels.TypeOf(first.Pixels), first.Rescale);
        }

        notes.Add("slope, intercept or type differ from slice to slice: voxels are real values in floating point");
        return (VoxelType.Float32, Rescale.Identity);
    }

    private static void RequireMemory(VolumeSize size, VoxelType type, DicomReadLimits limits)
    {
        var limit = Math.Min(limits.MaxPixelBytes, Array.MaxLength);
        if (size.VoxelCount * type.Bytes() > limit)
        {
            throw new VolumeFormatException(
                $"a volume of {size} voxels of type {type} takes {size.VoxelCount * type.Bytes()} bytes; at most {limit} are allowed here");
        }
    }

    private static byte[] Decode(IReadOnlyList<DicomFrame> frames, VolumeSize size, VoxelType type, CancellationToken cancellation)
    {
        var sliceBytes = size.I * size.J * type.Bytes();
        var voxels = GC.AllocateUninitializedArray<byte>(checked(sliceBytes * frames.Count));
        InParallel.For(frames.Count, k => StoredPixels.Decode(frames[k], type, voxels.AsSpan(k * sliceBytes, sliceBytes)), cancellation);
        return voxels;
    }

    private static double? PaddingOf(DicomFrame frame)
    {
        // The dictionary's representation is unsigned; in an explicit file the file's own holds.
        var stored = frame.Dataset.GetIntOrNull(DicomTag.PixelPaddingValue);
        return stored is null ? null
            : frame.Rescale.Apply(frame.Pixels.IsSigned && stored > short.MaxValue ? (short)stored.Value : stored.Value);
    }

    private static double TiltDegrees(LpsVector step, LpsVector normal) =>
        Math.Acos(Math.Min(1, step.Dot(normal) / step.Length)) * 180 / Math.PI;

    private static Modality ModalityOf(DicomDataset dataset) => dataset.GetStringOrNull(DicomTag.Modality) switch
    {
        "CT" => Modality.CT,
        "MR" => Modality.MR,
        "PT" => Modality.PT,
        "US" => Modality.US,
        null => Modality.Unknown,
        _ => Modality.Other,
    };
}
