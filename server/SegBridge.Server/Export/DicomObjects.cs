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

    /// <exception cref="InvalidFieldException">A field of the source is wrong, or a header is not of this volume.</exception>
    /// <exception cref="WrongStateException">Nothing is segmented.</exception>
    /// <exception cref="LimitExceededException">The object would be too large.</exception>
    public SegmentFile Segmentation(Session session, IReadOnlyList<SegmentInfo> segments, Wire.DicomSource? wire)
    {
        var options = OptionsOf(Field.Required(wire, "dicom_source"));
        if (segments.All(segment => segment.VoxelCount == 0))
        {
            throw new WrongStateException("nothing is segmented, and a DICOM segmentation cannot be empty");
        }

        return Write("segmentation.dcm", wire, session, segments, (source, placed) =>
        {
            var bytes = SegmentationWriter.MostBytes(source.Grid.Size, placed.Select(segment => segment.Mask.BoundingBox));
            return bytes <= MaxPixelBytes
                ? SegmentationWriter.Binary(source, placed, options)
                : throw new LimitExceededException($"a DICOM segmentation of these segments has {bytes:N0} bytes and the limit is {MaxPixelBytes:N0}; export fewer at a time");
        });
    }

    /// <exception cref="InvalidFieldException">A field of the source is wrong, or a header is not of this volume.</exception>
    public SegmentFile StructureSet(Session session, IReadOnlyList<SegmentInfo> segments, Wire.DicomSource? wire)
    {
        var options = OptionsOf(Field.Required(wire, "dicom_source"));
        return Write("structures.dcm", wire, session, segments, (source, placed) => StructureSetWriter.Write(source, placed, options));
    }

    private SegmentFile Write(
        string name, Wire.DicomSource wire, Session session, IReadOnlyList<SegmentInfo> segments, Func<DicomSource, IReadOnlyList<SegmentMask>, DicomFile> write)
    {
        try
        {
            var source = SourceOf(wire, session);
            var masks = segments.Select(segment => MaskOf(session, segment)).ToArray();
            var content = new ChunkBuffer(SegmentFile.ChunkBytes);
            write(source, source.Place(masks, session.Volume.Geometry)).Save(content);
            return new SegmentFile(name, "application/dicom", content);
        }
        catch (Exception error) when (error is VolumeFormatException or DicomSeriesException)
        {
            throw new InvalidFieldException("dicom_source.slice_headers", error.Message);
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

    private SegmentMask MaskOf(Session session, SegmentInfo segment)
    {
        var mask = new VolumeMask(session.Volume.Geometry.Size);
        mask.Replace(session.GetMask(segment.Id, null));
        return new SegmentMask(
            DicomSegment.Of(segment.Name.Length > 0 ? segment.Name : segment.Id, segment.Terminology) with
            {
                Colour = ((byte)(segment.Color >> 16), (byte)(segment.Color >> 8), (byte)segment.Color),
                Algorithm = AlgorithmOf(session.ModelsOf(segment.Id)),
            },
            mask);
    }

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
