using System.Text.Json;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// The "params" of an inference, as the clients send them: every prompt so far, in voxel indices (i, j, k) of the image.
/// Keys that mean nothing here are passed over.
/// </summary>
internal sealed record InferParams
{
    /// <summary>Config key for one of several masks: "best", "2", "3", ...</summary>
    public const string CandidateKey = "candidate";

    /// <summary>The first choice of <see cref="CandidateKey"/>.</summary>
    public const string BestCandidate = "best";

    /// <summary>Config key for what made the image.</summary>
    public const string ModalityKey = "modality";

    private const int MaxDepth = 8;

    /// <summary>The choices of <see cref="ModalityKey"/>, the default first: as far as the image's values tell.</summary>
    public static IReadOnlyDictionary<string, Modality?> Modalities { get; } = new Dictionary<string, Modality?>(StringComparer.Ordinal)
    {
        ["automatic"] = null,
        ["CT"] = Imaging.Intensity.Modality.CT,
        ["MR"] = Imaging.Intensity.Modality.MR,
        ["PT"] = Imaging.Intensity.Modality.PT,
        ["US"] = Imaging.Intensity.Modality.US,
    };

    /// <summary>Whose mask is asked for; null: the client has only one.</summary>
    public string? Label { get; private init; }

    public IReadOnlyList<VoxelPoint> Foreground { get; private init; } = [];

    public IReadOnlyList<VoxelPoint> Background { get; private init; } = [];

    /// <summary>The slice across K, as some clients name it; others send millimetres here, so points and box count more.</summary>
    public int? Slice { get; private init; }

    /// <summary>Both corners inside; empty when none was placed.</summary>
    public VoxelBox Roi { get; private init; }

    /// <summary>Which candidate, from 1 for the one that the model thinks best.</summary>
    public int CandidateRank { get; private init; } = 1;

    /// <summary>What made the image; null: as far as its values tell.</summary>
    public Modality? Modality { get; private init; }

    /// <summary>Values of a scribble label map by the names of their segments; null: not told.</summary>
    public IReadOnlyDictionary<string, int>? LabelValues { get; private init; }

    /// <summary>The file type of the reply, such as ".nrrd".</summary>
    public string ResultExtension { get; private init; } = ".nii.gz";

    public VoxelType ResultType { get; private init; } = VoxelType.UInt8;

    public bool Compress { get; private init; } = true;

    /// <param name="text">JSON; null: nothing was sent.</param>
    /// <param name="labels">The labels that this server names.</param>
    /// <exception cref="InvalidRequestException">It is not JSON, or a value is wrong; the message names it.</exception>
    public static InferParams Parse(string? text, IReadOnlyList<string> labels)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new InferParams();
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Of(new JsonFields(document.RootElement, "params"), labels)
                : throw new InvalidRequestException($"params: it must be a JSON object, got {document.RootElement.ValueKind}");
        }
        catch (JsonException wrong)
        {
            throw new InvalidRequestException($"params: it must be JSON at most {MaxDepth} levels deep; that ends at byte {wrong.BytePositionInLine ?? 0}");
        }
    }

    private static InferParams Of(JsonFields fields, IReadOnlyList<string> labels)
    {
        var (label, foreground, background) = SentPoints.Of(fields, labels);
        return new InferParams
        {
            Label = label,
            Foreground = foreground,
            Background = background,
            Slice = fields.Number("slice") is { } slice ? (int)Math.Clamp(Math.Round(slice), int.MinValue, int.MaxValue) : null,
            Roi = RoiOf(fields),
            CandidateRank = RankOf(fields),
            Modality = fields.Text(ModalityKey) is { Length: > 0 } modality
                ? Modalities.TryGetValue(modality, out var known)
                    ? known
                    : throw new InvalidRequestException($"params.{ModalityKey}: it must be one of {string.Join(", ", Modalities.Keys)}")
                : null,
            LabelValues = fields.NamedNumbers("label_info"),
            ResultExtension = fields.Text("result_extension") switch
            {
                null or "" => ".nii.gz",
                (".nrrd" or ".seg.nrrd" or ".nii.gz" or ".nii") and var extension => extension,
                _ => throw fields.Wrong("result_extension", ".nrrd, .seg.nrrd, .nii.gz or .nii"),
            },
            ResultType = fields.Text("result_dtype") switch
            {
                null or "" or "uint8" => VoxelType.UInt8,
                "uint16" => VoxelType.UInt16,
                _ => throw new InvalidRequestException("params.result_dtype: it must be uint8 or uint16"),
            },
            Compress = fields.Flag("result_compress") ?? true,
        };
    }

    // Corners are those of the patient's axes: along a flipped axis of the grid the first is the larger one.
    private static VoxelBox RoiOf(JsonFields fields)
    {
        var roi = fields.Numbers("roi");
        if (roi.Count == 0)
        {
            return VoxelBox.Empty;
        }

        if (roi.Count != 6)
        {
            throw new InvalidRequestException($"params.roi: it must be 6 voxel indices [i0, i1, j0, j1, k0, k1], got {roi.Count}");
        }

        var (one, other) = (new VoxelPoint(roi[0], roi[2], roi[4]).Nearest(), new VoxelPoint(roi[1], roi[3], roi[5]).Nearest());
        return VoxelBox.Of(one).Union(VoxelBox.Of(other));
    }

    private static int RankOf(JsonFields fields)
    {
        var text = fields.TextOrNumber(CandidateKey);
        return text is null or "" or BestCandidate ? 1
            : int.TryParse(text, out var rank) && rank >= 1 ? rank
            : throw new InvalidRequestException($"params.{CandidateKey}: it must be \"{BestCandidate}\" or the number of a candidate from 1");
    }
}
