using System.Security.Cryptography;
using Google.Protobuf.Collections;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Bundles;
using SegBridge.Server.Mapping;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Export;

/// <summary>
/// Segments as DICOM objects of the images that the client names by their headers. Nothing of the headers outlives the
/// call, and no message quotes them.
/// </summary>
internal sealed class DicomObjects(ModelRepository models)
{
    private const int MaxHeaders = 4096;
    private const int MaxKeyBytes = 64;
    private const int UsualSeriesNumber = 1000;
    private const long MaxPixelBytes = 512L << 20;
    // Of all headers together, so that many small ones or a deflated one cannot take much more memory than was sent.
    private const int MaxElements = 2_000_000;
    private const int MaxInflatedBytes = 64 << 20;
    private const int LeastInflatedBytes = 64 << 10;

    // De-identified objects of one server belong together for as long as it runs.
    private readonly byte[] _ownKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>A DICOM object as a file.</summary>
    /// <inheritdoc cref="Create"/>
    public SegmentFile Write(Wire.FileFormat format, Session session, IReadOnlyList<SegmentInfo> segments, Wire.DicomSource? wire)
    {
        var content = new ChunkBuffer(SegmentFile.ChunkBytes);
        Create(format, session, segments, Field.Required(wire, "dicom_source")).Save(content);
        return new SegmentFile(format == Wire.FileFormat.Rtstruct ? "structures.dcm" : "segmentation.dcm", "application/dicom", content);
    }

    /// <summary>A segmentation or a structure set.</summary>
    /// <exception cref="InvalidFieldException">A field of the source is wrong, or a header is not of this volume.</exception>
    /// <exception cref="WrongStateException">Nothing is segmented, which a segmentation cannot say.</exception>
    /// <exception cref="LimitExceededException">The object would be too large.</exception>
    public DicomFile Create(Wire.FileFormat format, Session session, IReadOnlyList<SegmentInfo> segments, Wire.DicomSource wire)
    {
        var options = OptionsOf(wire);
        if (format != Wire.FileFormat.Rtstruct && segments.All(segment => segment.VoxelCount == 0))
        {
            throw new WrongStateException("nothing is segmented, and a DICOM segmentation cannot be empty");
        }

        try
        {
            var (source, grid) = (SourceOf(wire, session), session.Volume.Geometry);
            return format switch
            {
                Wire.FileFormat.Rtstruct => StructureSetWriter.Write(source, source.Place(MasksOf(session, segments), grid), options),
                Wire.FileFormat.DicomSegFractional => Fractional(source, source.Place(ProbabilitiesOf(session, segments), grid), options),
                _ => Binary(source, source.Place(MasksOf(session, segments), grid), options),
            };
        }
        catch (Exception error) when (error is VolumeFormatException or DicomSeriesException)
        {
            throw new InvalidFieldException("dicom_source.slice_headers", error.Message);
        }
    }

    private static DicomFile Binary(DicomSource source, IReadOnlyList<SegmentMask> segments, DerivedObjectOptions options)
    {
        RequireRoom(SegmentationWriter.MostBytes(source.Grid.Size, segments.Select(segment => segment.Mask.BoundingBox)));
        return SegmentationWriter.Binary(source, segments, options);
    }

    private static DicomFile Fractional(DicomSource source, IReadOnlyList<SegmentProbabilities> segments, DerivedObjectOptions options)
    {
        RequireRoom(SegmentationWriter.MostFractionalBytes(source.Grid.Size, segments.Select(segment => segment.Box)));
        return SegmentationWriter.Fractional(source, segments, options);
    }

    private static void RequireRoom(long bytes)
    {
        if (bytes > MaxPixelBytes)
        {
            throw new LimitExceededException($"a DICOM segmentation of these segments has {bytes:N0} bytes and the limit is {MaxPixelBytes:N0}; export fewer at a time");
        }
    }

    /// <summary>The images that the session's volume was made of: those that the client names, or those that this server fetched.</summary>
    private static DicomSource SourceOf(Wire.DicomSource wire, Session session) => wire.SliceHeaders.Count == 0 && session.Source is { } fetched
        ? fetched
        : DicomSource.Of(HeadersOf(wire.SliceHeaders), session.Volume.Geometry);

    private static List<DicomDataset> HeadersOf(RepeatedField<Google.Protobuf.ByteString> headers)
    {
        if (headers.Count is 0 or > MaxHeaders)
        {
            throw new InvalidFieldException("dicom_source.slice_headers", $"must be 1..{MaxHeaders}, got {headers.Count}");
        }

        var limits = DicomReadLimits.Default with
        {
            MaxElements = MaxElements / headers.Count,
            MaxInflatedBytes = Math.Max(LeastInflatedBytes, MaxInflatedBytes / headers.Count),
            UseExternalDecoder = false,
        };
        var read = new List<DicomDataset>(headers.Count);
        foreach (var header in headers)
        {
            using var stream = new MemoryStream(header.ToByteArray(), writable: false);
            try
            {
                read.Add(DicomFile.Open(stream, limits).Dataset);
            }
            catch (VolumeFormatException error)
            {
                throw new InvalidFieldException($"dicom_source.slice_headers[{read.Count}]", error.Message);
            }
        }

        return read;
    }

    private SegmentMask[] MasksOf(Session session, IReadOnlyList<SegmentInfo> segments) => [.. segments.Select(segment =>
    {
        var mask = new VolumeMask(session.Volume.Geometry.Size);
        mask.Replace(session.GetMask(segment.Id, null));
        return new SegmentMask(Describe(session, segment), mask);
    })];

    private SegmentProbabilities[] ProbabilitiesOf(Session session, IReadOnlyList<SegmentInfo> segments)
    {
        var size = session.Volume.Geometry.Size;
        RequireRoom(size.VoxelCount);
        return [.. segments.Select(segment => SegmentProbabilities.Of(Describe(session, segment), size, session.GetProbabilities(segment.Id)))];
    }

    private DicomSegment Describe(Session session, SegmentInfo segment) =>
        DicomSegment.Of(segment.Name.Length > 0 ? segment.Name : segment.Id, segment.Terminology) with
        {
            Colour = ((byte)(segment.Color >> 16), (byte)(segment.Color >> 8), (byte)segment.Color),
            Algorithm = AlgorithmOf(session.ModelsOf(segment.Id)),
        };

    /// <summary>The models together; a model that is gone by now is named without its version.</summary>
    private SegmentationAlgorithm? AlgorithmOf(IReadOnlyList<string> ids)
    {
        var used = ids.Select(id => (Id: id, models.Bundles.FirstOrDefault(bundle => bundle.Id == id)?.Manifest)).ToArray();
        return used.Length == 0
            ? null
            : new SegmentationAlgorithm(
                Joined(used.Select(model => model.Id)),
                Joined(used.Select(model => model.Manifest?.Version ?? "unknown")),
                string.Join(", ", used.Select(model => $"weights sha256:{model.Manifest?.WeightsSha256 ?? "unknown"}")));
    }

    private static string Joined(IEnumerable<string> names)
    {
        const int Most = 64;
        var text = string.Join(", ", names);
        return text.Length <= Most ? text : text[..Most];
    }

    private DerivedObjectOptions OptionsOf(Wire.DicomSource source)
    {
        if (source.DeidentifyKey.Length is not (0 or (>= DicomDeidentifier.MinKeyBytes and <= MaxKeyBytes)))
        {
            throw new InvalidFieldException("dicom_source.deidentify_key", $"must be empty or {DicomDeidentifier.MinKeyBytes}..{MaxKeyBytes} bytes, got {source.DeidentifyKey.Length}");
        }

        var usual = new DerivedObjectOptions();
        return usual with
        {
            SeriesDescription = Field.Text(source.SeriesDescription, 0, 64, "dicom_source.series_description") is { Length: > 0 } text ? text.Replace('\\', '/') : usual.SeriesDescription,
            SeriesNumber = source.SeriesNumber == 0 ? UsualSeriesNumber : Field.Within(source.SeriesNumber, 1, int.MaxValue, "dicom_source.series_number"),
            Deidentifier = source.Deidentify ? new DicomDeidentifier(source.DeidentifyKey.IsEmpty ? _ownKey : source.DeidentifyKey.Span) : null,
        };
    }
}
