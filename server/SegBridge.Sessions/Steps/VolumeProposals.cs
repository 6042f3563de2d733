using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>What a 3D model was asked on one patch, or on several beside each other.</summary>
/// <param name="request">Of the step.</param>
/// <param name="model">The model.</param>
/// <param name="patches">Where, at least one, each with the logits that it started from.</param>
/// <param name="beside">Patches of earlier steps that stay as they are.</param>
/// <param name="prompts">All prompts so far, those of the step included.</param>
/// <param name="own">The prompts of the step.</param>
/// <param name="remembered">The patches that the segment's state held.</param>
internal sealed class VolumeProposals(
    StepRequest request, IVolumeModel model, IReadOnlyList<VolumeProposals.Patch> patches, ImmutableList<PatchPart> beside,
    ImmutableList<Prompt> prompts, IReadOnlyList<Prompt> own, ImmutableList<PatchPart> remembered)
    : Proposals(request, patches.Sum(patch => BytesBeside(patch.Previous, remembered.Select(part => (ReadOnlyMemory<float>?)part.Logits))))
{
    public IReadOnlyList<Patch> Patches { get; } = patches;

    public ImmutableList<PatchPart> Beside { get; } = beside;

    public ImmutableList<Prompt> Prompts { get; } = prompts;

    public IReadOnlyList<Prompt> Own { get; } = own;

    public override int Count => model.Manifest.Candidates;

    public override Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit) =>
        new VolumeChoice(session, model, this, choice, emit);

    /// <summary>Where the model was asked, and the logits that it started from; null when there were none.</summary>
    internal sealed record Patch(VolumeGeometry Grid, ReadOnlyMemory<float>? Previous);
}
