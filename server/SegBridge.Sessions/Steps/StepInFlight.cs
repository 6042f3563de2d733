using System.Collections.Immutable;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>A prompt and the request that brought it, so that a request sent twice brings it once.</summary>
internal readonly record struct RequestedPrompt(string? RequestId, Prompt Prompt);

/// <summary>
/// A step that has not finished yet: its prompts, and the switch that a newer step turns off. Its prompts change under
/// the session's lock only.
/// </summary>
/// <param name="carried">Prompts of steps that this one superseded.</param>
/// <param name="own">Prompts of this step's own request.</param>
/// <param name="requestId">Its own request.</param>
/// <param name="whole">Superseded with the step that this one is part of, if any.</param>
internal sealed class StepInFlight(
    ImmutableList<RequestedPrompt> carried, ImmutableList<RequestedPrompt> own, string? requestId = null, CancellationToken whole = default) : IDisposable
{
    private readonly CancellationTokenSource _superseded = CancellationTokenSource.CreateLinkedTokenSource(whole);

    public string? RequestId { get; } = requestId;

    /// <summary>Prompts of superseded steps: kept even if this one fails.</summary>
    public ImmutableList<RequestedPrompt> Carried { get; private set; } = carried;

    public ImmutableList<RequestedPrompt> Own { get; } = own;

    /// <summary>Another list when <see cref="Forget"/> changed it: what was predicted from the one before does not count.</summary>
    public ImmutableList<RequestedPrompt> All { get; private set; } = carried.AddRange(own);

    /// <summary>The masks among all prompts.</summary>
    public IReadOnlyList<BitBlock> Masks => [.. All.Select(item => item.Prompt).OfType<MaskPrompt>().Select(prompt => prompt.Mask)];

    /// <summary>All prompts but the masks.</summary>
    public IEnumerable<Prompt> Drawn => All.Select(item => item.Prompt).Where(prompt => prompt is not MaskPrompt);

    public bool IsSuperseded => _superseded.IsCancellationRequested;

    /// <summary>The client took the request back: it ended without a successor.</summary>
    public bool IsWithdrawn { get; private set; }

    public CancellationToken Superseded => _superseded.Token;

    public void Supersede() => _superseded.Cancel();

    public void Withdraw()
    {
        IsWithdrawn = true;
        _superseded.Cancel();
    }

    /// <summary>Gives inherited prompts up; false when there are none of these.</summary>
    public bool Forget(Predicate<RequestedPrompt> withdrawn)
    {
        if (!Carried.Exists(withdrawn))
        {
            return false;
        }

        Carried = Carried.RemoveAll(withdrawn);
        All = Carried.AddRange(Own);
        return true;
    }

    public void Dispose() => _superseded.Dispose();
}
