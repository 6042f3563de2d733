using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Services;
using SegBridge.Sessions;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>What a client is about to send.</summary>
internal static class VolumeMapping
{
    private const int HashBytes = 32;

    /// <exception cref="InvalidFieldException">A field is missing or wrong.</exception>
    /// <exception cref="GeometryException">The geometry is wrong.</exception>
    public static VolumeDescription ToDescription(Wire.Volume? volume, string path)
    {
        Field.Required(volume, path);
        if (volume.DicomSeries is not null)
        {
            throw new UnimplementedException("the memory for a DICOM series that is still in its archive; OpenSession refuses one that does not fit");
        }

        var geometry = GeometryMapping.ToGeometry(Field.Required(volume.Geometry, $"{path}.geometry"), $"{path}.geometry");
        if (volume.ContentSha256.Length is not (0 or HashBytes))
        {
            throw new InvalidFieldException($"{path}.content_sha256", $"must be empty or {HashBytes} bytes, got {volume.ContentSha256.Length}");
        }

        return new VolumeDescription(geometry, ToVoxelType(volume.VoxelType, $"{path}.voxel_type"), ToRescale(volume, path), ToBrickSize(volume.BrickSize, path))
        {
            DisplayWindow = ToWindow(volume.DisplayWindow, $"{path}.display_window"),
            Modality = ToModality(volume.Modality, $"{path}.modality"),
            Statistics = ToStatistics(volume.Statistics, $"{path}.statistics"),
            ContentSha256 = volume.ContentSha256.IsEmpty ? null : Convert.ToHexStringLower(volume.ContentSha256.Span),
        };
    }

    /// <returns>Null when unset.</returns>
    public static IntensityWindow? ToWindow(Wire.IntensityWindow? window, string path)
    {
        if (window is null)
        {
            return null;
        }

        var (lower, upper) = (Field.Finite(window.Lower, $"{path}.lower"), Field.Finite(window.Upper, $"{path}.upper"));
        // The values stay out of the message: what a radiologist looks at is no matter for logs.
        return lower < upper
            ? new IntensityWindow(lower, upper)
            : throw new InvalidFieldException(path, "lower must be less than upper");
    }

    private static VoxelType ToVoxelType(Wire.VoxelType type, string path) => type switch
    {
        Wire.VoxelType.Uint8 => VoxelType.UInt8,
        Wire.VoxelType.Int8 => VoxelType.Int8,
        Wire.VoxelType.Uint16 => VoxelType.UInt16,
        Wire.VoxelType.Int16 => VoxelType.Int16,
        Wire.VoxelType.Uint32 => VoxelType.UInt32,
        Wire.VoxelType.Int32 => VoxelType.Int32,
        Wire.VoxelType.Float32 => VoxelType.Float32,
        _ => throw Field.Unnamed(type, path),
    };

    private static Rescale ToRescale(Wire.Volume volume, string path)
    {
        var slope = Field.Finite(volume.RescaleSlope, $"{path}.rescale_slope");
        return new Rescale(slope == 0 ? 1 : slope, Field.Finite(volume.RescaleIntercept, $"{path}.rescale_intercept"));
    }

    /// <summary>64 voxels per axis when unset.</summary>
    public static VolumeSize ToBrickSize(Wire.Size? size, string path)
    {
        if (size is null)
        {
            return VolumeDescription.DefaultBrickSize;
        }

        var brick = GeometryMapping.ToSize(size, BrickGrid.MaxBrickAxis, $"{path}.brick_size");
        return brick.VoxelCount <= BrickGrid.MaxBrickVoxels
            ? brick
            : throw new InvalidFieldException($"{path}.brick_size", $"must have at most {BrickGrid.MaxBrickVoxels} voxels, got {brick}");
    }

    private static Modality ToModality(Wire.Modality modality, string path) => modality switch
    {
        Wire.Modality.Unspecified => Modality.Unknown,
        Wire.Modality.Ct => Modality.CT,
        Wire.Modality.Mr => Modality.MR,
        Wire.Modality.Pt => Modality.PT,
        Wire.Modality.Us => Modality.US,
        Wire.Modality.Other => Modality.Other,
        _ => throw Field.Unnamed(modality, path),
    };

    private static IntensityStatistics? ToStatistics(Wire.IntensityStatistics? statistics, string path)
    {
        if (statistics is null)
        {
            return null;
        }

        var read = new IntensityStatistics(
            Field.Finite(statistics.Minimum, $"{path}.minimum"),
            Field.Finite(statistics.Maximum, $"{path}.maximum"),
            Field.Finite(statistics.Mean, $"{path}.mean"),
            Field.Finite(statistics.StandardDeviation, $"{path}.standard_deviation"),
            Field.Finite(statistics.PercentileLow, $"{path}.percentile_low"),
            Field.Finite(statistics.PercentileHigh, $"{path}.percentile_high"));
        // The values themselves stay out of the message.
        return read.Minimum <= read.PercentileLow && read.PercentileLow <= read.PercentileHigh && read.PercentileHigh <= read.Maximum && read.StandardDeviation >= 0
            ? read
            : throw new InvalidFieldException(path, "must satisfy minimum <= percentile_low <= percentile_high <= maximum and standard_deviation >= 0");
    }
}
