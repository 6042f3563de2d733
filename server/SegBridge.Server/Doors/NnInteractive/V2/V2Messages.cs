using System.Text.Json.Serialization;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>Axes (k, j, i); true: belongs to the object.</summary>
internal sealed record PointMessage(double[] Coordinates, bool IncludeInteraction = true, bool RunPrediction = true);

/// <summary>Half-open pairs [from, to) of each axis (k, j, i).</summary>
internal sealed record BoxMessage(double[][] BboxCoords, bool IncludeInteraction = true, bool RunPrediction = true);

/// <summary>What goes with the array of a scribble or a lasso; without a box the array is of the whole volume.</summary>
internal sealed record DrawnMessage(bool IncludeInteraction = true, bool RunPrediction = true, double[][]? InteractionBbox = null);

internal sealed record TargetBufferMessage(int[] Shape, string Dtype);

internal sealed record AutozoomMessage(bool DoAutozoom);

internal sealed record ImageMessage(ImageProperties? ImageProperties = null);

/// <summary>Millimetres (k, j, i).</summary>
internal sealed record ImageProperties(double[]? Spacing = null);

internal sealed record ClaimReply(string LeaseToken, double IdleTimeoutSeconds, double LivenessTimeoutSeconds, int MaxSessions);

internal sealed record RemainingReply(double RemainingSeconds);

internal sealed record LeaseStatusReply(double RemainingSeconds, double IdleTimeoutSeconds);

internal sealed record ImageReply(int[] OriginalImageShape);

/// <summary>What goes with the array of a prediction.</summary>
internal sealed record PredictionMeta(
    bool RanPrediction,
    int[][]? Bbox,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Dtype = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int[]? Shape = null);

internal sealed record CapabilitiesReply(
    SupportedInteractions SupportedInteractions,
    ChannelMapping ChannelMapping,
    int NumInteractionChannels,
    bool SupportsInitialLabel,
    bool SupportsZeroShotLabelRefinement,
    int[] PreferredScribbleThickness,
    double InteractionDecay,
    int[] PatchSize,
    bool DoAutozoom,
    string InferenceSessionVersion,
    string License,
    bool SupportsUndo);

internal sealed record SupportedInteractions(
    bool Points, bool Scribble, bool Lasso, [property: JsonPropertyName("bbox2d")] bool Box2d, [property: JsonPropertyName("bbox3d")] bool Box3d);

/// <summary>Channels of the original's network, which clients look for but do not use.</summary>
internal sealed record ChannelMapping(
    int PrevSeg,
    [property: JsonPropertyName("bbox2d")] int[] Box2d,
    [property: JsonPropertyName("bbox3d")] int[] Box3d,
    int[] Lasso,
    int[] Points,
    int[] Scribble);
