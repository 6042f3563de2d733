using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>What a 2D model was asked on a slice.</summary>
internal sealed class SliceProposals(
    StepRequest request, ISliceModel model, SlicePlane plane, ImmutableList<Prompt> prompts,
    ReadOnlyMemory<float>? previous, ReadOnlyMemory<float>? remembered) : Proposals(request, previous, remembered)
{
    /// <summary>All prompts on the slice, those of the step included.</summary>
    public ImmutableList<Prompt> Prompts { get; } = prompts;

    public override int Count => model.Manifest.Candidates;

    public override Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit) =>
        new SliceChoice(session, model, plane, this, choice, emit);
}
