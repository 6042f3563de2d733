using System.Collections.Immutable;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>What a 2D model was asked on a slice.</summary>
internal sealed class SliceProposals(
    StepRequest request, ISliceModel model, Section section, ImmutableList<Prompt> prompts,
    ReadOnlyMemory<float>? previous, ReadOnlyMemory<float>? remembered) : Proposals(request)
{
    /// <summary>All prompts on the slice, those of the step included.</summary>
    public ImmutableList<Prompt> Prompts { get; } = prompts;

    public ReadOnlyMemory<float>? Previous { get; } = previous;

    public override int Count => model.Manifest.Candidates;

    public override long BytesHeld { get; } =
        previous is { } made && !(remembered is { } known && known.Equals(made)) ? (long)made.Length * sizeof(float) : 0;

    public override Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit) =>
        new SliceChoice(session, model, section, this, choice, emit);
}
