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
    StepRequest request, IVolumeModel model, IReadOnlyList<VolumeProposals.Patch> patches, ImmutableList<KeptPart> beside,
    ImmutableList<Prompt> prompts, IReadOnlyList<Prompt> own, ImmutableList<KeptPart> remembered) : Proposals(request)
{
    private readonly KeptLogits[] _own =
        [.. patches.Select(patch => patch.Previous).OfType<KeptLogits>().Where(logits => !remembered.Exists(part => part.Logits == logits))];

    private bool _askedExactly;

    public IReadOnlyList<Patch> Patches { get; } = patches;

    public ImmutableList<KeptPart> Beside { get; } = beside;

    public ImmutableList<Prompt> Prompts { get; } = prompts;

    public IReadOnlyList<Prompt> Own { get; } = own;

    public override int Count => model.Manifest.Candidates;

    public override long BytesHeld => _own.Sum(logits => logits.BytesHeld);

    /// <summary>Whether the logits to start from are those that the candidates were made from; else they must be made again.</summary>
    public bool IsAsAsked => _askedExactly == IsExact;

    private bool IsExact => Patches.All(patch => patch.Previous is null or { IsExact: true });

    /// <summary>The model is being asked.</summary>
    public void NoteAsked() => _askedExactly = IsExact;

    public override void Pack()
    {
        foreach (var patch in Patches)
        {
            patch.Previous?.Pack();
        }
    }

    public override Step StepOf(CandidateChoice choice, SessionState session, Action<StepEvent> emit) =>
        new VolumeChoice(session, model, this, choice, emit);

    /// <summary>Where the model was asked, and the logits that it started from; null when there were none.</summary>
    internal sealed record Patch(VolumeGeometry Grid, KeptLogits? Previous);
}
