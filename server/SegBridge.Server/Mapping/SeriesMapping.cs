using Google.Protobuf;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions;
using SegBridge.Sessions.Archives;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>A series in an archive, and the volume that was made of it.</summary>
internal static class SeriesMapping
{
    private const int MaxArchive = 64;
    private const int MaxUid = 64;
    private const int MaxStack = 1 << 20;

    /// <exception cref="InvalidFieldException">A field is missing or wrong; the message quotes no identifier.</exception>
    public static SeriesReference ToReference(Wire.DicomSeriesReference? series, string path)
    {
        Field.Required(series, path);
        return new SeriesReference(
            ToArchive(series.Archive, $"{path}.archive"),
            series.StudyInstanceUid.Length == 0 ? null : ToUid(series.StudyInstanceUid, $"{path}.study_instance_uid"),
            ToUid(series.SeriesInstanceUid, $"{path}.series_instance_uid"),
            new DicomVolumeOptions
            {
                Stack = series.HasStack ? Field.Within(series.Stack, 0, MaxStack, $"{path}.stack") : null,
                UnevenSlices = series.Resample ? UnevenSlices.Resample : UnevenSlices.Refuse,
                GantryTilt = series.Resample ? GantryTilt.Resample : GantryTilt.Keep,
            });
    }

    /// <summary>The name of an archive.</summary>
    public static string ToArchive(string name, string path) => Field.Text(name, 1, MaxArchive, path);

    /// <summary>What a volume is that this server fetched.</summary>
    public static Wire.Volume ToWire(VolumeDescription volume) => new()
    {
        Geometry = GeometryMapping.ToWire(volume.Geometry),
        VoxelType = ToWire(volume.VoxelType),
        RescaleSlope = volume.Rescale.Slope,
        RescaleIntercept = volume.Rescale.Intercept,
        Modality = ToWire(volume.Modality),
        DisplayWindow = volume.DisplayWindow is { } window ? new Wire.IntensityWindow { Lower = window.Lower, Upper = window.Upper } : null,
        BrickSize = GeometryMapping.ToWire(volume.BrickSize),
        ContentSha256 = volume.ContentSha256 is { } hash ? ByteString.CopyFrom(Convert.FromHexString(hash)) : ByteString.Empty,
    };

    private static string ToUid(string uid, string path) => uid.Length is > 0 and <= MaxUid && uid.All(c => char.IsAsciiDigit(c) || c == '.')
        ? uid
        : throw new InvalidFieldException(path, $"must be a UID: 1..{MaxUid} digits and dots");

    private static Wire.VoxelType ToWire(VoxelType type) => type switch
    {
        VoxelType.UInt8 => Wire.VoxelType.Uint8,
        VoxelType.Int8 => Wire.VoxelType.Int8,
        VoxelType.UInt16 => Wire.VoxelType.Uint16,
        VoxelType.Int16 => Wire.VoxelType.Int16,
        VoxelType.UInt32 => Wire.VoxelType.Uint32,
        VoxelType.Int32 => Wire.VoxelType.Int32,
        _ => Wire.VoxelType.Float32,
    };

    private static Wire.Modality ToWire(Modality modality) => modality switch
    {
        Modality.CT => Wire.Modality.Ct,
        Modality.MR => Wire.Modality.Mr,
        Modality.PT => Wire.Modality.Pt,
        Modality.US => Wire.Modality.Us,
        Modality.Other => Wire.Modality.Other,
        _ => Wire.Modality.Unspecified,
    };
}
