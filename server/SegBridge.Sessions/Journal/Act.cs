using System.Text.Json.Serialization;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// One thing that happened in a session, as its journal keeps it: never a pixel. A new kind takes a record here, a
/// line in <see cref="Replay"/>, and a <see cref="SessionJournal.Write"/> where it happens.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "act")]
[JsonDerivedType(typeof(OpenedAct), "opened")]
[JsonDerivedType(typeof(SegmentPutAct), "segment")]
[JsonDerivedType(typeof(SegmentResetAct), "reset")]
[JsonDerivedType(typeof(SegmentRemovedAct), "removed")]
[JsonDerivedType(typeof(WaitingAct), "waiting")]
[JsonDerivedType(typeof(StepAct), "step")]
[JsonDerivedType(typeof(ChosenAct), "chosen")]
[JsonDerivedType(typeof(FilledAct), "filled")]
[JsonDerivedType(typeof(PropagatedAct), "propagated")]
[JsonDerivedType(typeof(AcceptedAct), "accepted")]
[JsonDerivedType(typeof(MovedAct), "moved")]
[JsonDerivedType(typeof(LostAct), "lost")]
internal abstract record Act
{
    /// <summary>When, milliseconds since 1970 (UTC).</summary>
    public long At { get; init; }
}

/// <summary>The first act: what the session works on, and who may take it up again.</summary>
internal sealed record OpenedAct(int Format, VolumeDescription Volume, string ModelId, CallerSeal Owner) : Act
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;
}

internal sealed record SegmentPutAct(SegmentSettings Settings) : Act;

internal sealed record SegmentResetAct(string SegmentId) : Act;

internal sealed record SegmentRemovedAct(string SegmentId) : Act;

/// <summary>
/// The prompts that wait for a result at a place from now on, in place of any that waited there: those of a step that
/// has begun, or what one that ended without a result leaves behind.
/// </summary>
/// <param name="SegmentId">Whose.</param>
/// <param name="Place">Where.</param>
/// <param name="Carried">Inherited from steps that were superseded.</param>
/// <param name="Own">Of the newest request.</param>
internal sealed record WaitingAct(
    string SegmentId, StepPlace Place, IReadOnlyList<RequestedPrompt> Carried, IReadOnlyList<RequestedPrompt> Own) : Act;

/// <summary>An act that changed a mask.</summary>
internal abstract record MaskAct(string SegmentId, MaskEffect Effect) : Act;

/// <summary>An act for which a model was asked.</summary>
/// <param name="SegmentId">Whose mask.</param>
/// <param name="Effect">What it made of it.</param>
/// <param name="ModelId">Which model.</param>
/// <param name="Fingerprint">Of the model as it was.</param>
internal abstract record ModelAct(string SegmentId, MaskEffect Effect, string ModelId, string Fingerprint) : MaskAct(SegmentId, Effect)
{
    /// <summary>The voxels that were read; empty where that is not known in boxes.</summary>
    public IReadOnlyList<VoxelBox> Reads { get; init; } = [];
}

/// <summary>A step is done; its prompts are those that waited at the place.</summary>
internal sealed record StepAct(string SegmentId, MaskEffect Effect, StepPlace Place, string ModelId, string Fingerprint)
    : ModelAct(SegmentId, Effect, ModelId, Fingerprint)
{
    public string? RequestId { get; init; }

    public IntensityWindow? Window { get; init; }

    /// <summary>The task that the step learned from.</summary>
    public string? TaskId { get; init; }

    /// <summary>The examples of it that it had, in their order.</summary>
    public IReadOnlyList<string>? ExampleIds { get; init; }
}

/// <summary>A propagation filled or emptied a slice.</summary>
internal sealed record FilledAct(string SegmentId, MaskEffect Effect, SliceFill Fill, string ModelId, string Fingerprint)
    : ModelAct(SegmentId, Effect, ModelId, Fingerprint);

/// <summary>A propagation that can be asked for again came to its end.</summary>
internal sealed record PropagatedAct(string SegmentId, string Run, RunEnd End) : Act;

/// <summary>The user called slices finished, or took that back.</summary>
internal sealed record AcceptedAct(string SegmentId, IReadOnlyList<SlicePlane> Slices, bool IsAccepted) : Act;

/// <summary>The user chose another candidate of the step that the segment stood at.</summary>
internal sealed record ChosenAct(string SegmentId, MaskEffect Effect, int Candidate) : MaskAct(SegmentId, Effect)
{
    public string? RequestId { get; init; }
}

/// <summary>Undo, redo, go to: the effect says where to.</summary>
internal sealed record MovedAct(string SegmentId, MaskEffect Effect) : MaskAct(SegmentId, Effect);

/// <summary>The rest of the journal was damaged and cut here; in words, for the user.</summary>
internal sealed record LostAct(string Words) : Act;
