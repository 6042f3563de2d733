using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>What a 3D model was asked on a patch.</summary>
internal sealed class VolumeProposals(
    StepRequest request, IVolumeModel model, VolumeGeometry patch, ImmutableList<Prompt> prompts, IReadOnlyList<Prompt> own,
    ReadOnlyMemory<float>? previous, ReadOnlyMemory<float>? remembered) : Proposals(request, previous, remembered)
{
    public VolumeGeometry Patch { get; } = patch;

    /// <summary>All prompts so far, those of the step included.</summary>
    public ImmutableList<Prompt> Prompts { get; } = prompts;

    /// <summary>The prompts of the step.</summary>
    public IReadOnlyList<Prompt> Own { get; } = own;

    public override int Count => model.Manifest.Candidates;

    public override Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit) =>
        new VolumeChoice(session, model, this, choice, emit);
}
