using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Bundles;
using SegBridge.Sessions;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Server.Doors.Loop;

/// <summary>
/// The one object that a client works on which knows neither segments nor a history: prompts are drawn at once or kept for the
/// next prediction, and one interaction after the other can be taken back. One call at a time.
/// </summary>
/// <param name="session">With all voxels of its image.</param>
/// <param name="model">The session's.</param>
internal sealed class DoorSegment(Session session, ModelManifest model)
{
    public const string Id = "object";

    // The position in the history before each interaction that can be taken back.
    private readonly Stack<int> _before = new();
    private readonly List<DoorPrompts> _waiting = [];

    public Session Session => session;

    public ModelManifest Model => model;

    /// <summary>Where the last prompts were drawn; null before any, and where they said nothing of it.</summary>
    public SlicePlane? LastSlice { get; private set; }

    /// <summary>The mask inside its own bounding box.</summary>
    public BitBlock Mask => Info is null ? new BitBlock(VoxelBox.Empty) : session.GetMask(Id, null);

    private SegmentInfo? Info => session.Segments.FirstOrDefault(segment => segment.Id == Id);

    /// <summary>Forgets prompts and mask.</summary>
    /// <returns>The box of what was set before.</returns>
    public VoxelBox Reset()
    {
        _before.Clear();
        _waiting.Clear();
        return Info is { Step: > 0 } or { RedoSteps: > 0 } ? session.Reset(Id).Changed.Box : VoxelBox.Empty;
    }

    /// <summary>Starts anew from a mask of the user's, which cannot be taken back.</summary>
    public async Task StartAsync(BitBlock mask, CancellationToken cancellation)
    {
        Reset();
        if (mask.Count > 0)
        {
            await StepAsync(new DoorPrompts([new MaskPrompt(mask)], null), cancellation);
        }
    }

    /// <summary>Keeps prompts for the next prediction.</summary>
    public void Keep(DoorPrompts prompts)
    {
        LastSlice = prompts.Slice;
        _waiting.Add(prompts);
    }

    /// <summary>Predicts with new prompts and those kept; nothing is remembered of either when it fails.</summary>
    /// <returns>What the mask is now inside the smallest box of what changed; empty when nothing did.</returns>
    public async Task<BitBlock> PredictAsync(DoorPrompts prompts, CancellationToken cancellation)
    {
        var (before, changed) = (Info?.Step ?? 0, VoxelBox.Empty);
        DoorPrompts[] drawn = [.. _waiting, prompts];
        _waiting.Clear();
        try
        {
            foreach (var together in Together(drawn))
            {
                changed = changed.Union(await StepAsync(together, cancellation));
            }
        }
        catch when (Info is { } now && now.Step > before)
        {
            session.GoToStep(Id, before);
            throw;
        }

        LastSlice = prompts.Slice;
        _before.Push(before);
        return changed.IsEmpty ? new BitBlock(changed) : session.GetMask(Id, changed);
    }

    /// <summary>Takes the last interaction back, kept prompts first.</summary>
    /// <returns>What the mask is now inside the smallest box of what changed; null when there was nothing to take back.</returns>
    public BitBlock? Undo()
    {
        if (_waiting.Count > 0)
        {
            _waiting.RemoveAt(_waiting.Count - 1);
            return new BitBlock(VoxelBox.Empty);
        }

        return _before.TryPop(out var position) ? session.GoToStep(Id, position).Changed : null;
    }

    // A model of slices predicts on one at a time; what was drawn on one after the other goes together.
    private IEnumerable<DoorPrompts> Together(DoorPrompts[] drawn)
    {
        var prompts = new List<Prompt>();
        for (var n = 0; n < drawn.Length; n++)
        {
            prompts.AddRange(drawn[n].Prompts);
            if (n == drawn.Length - 1 || (model.Dimension == 2 && drawn[n + 1].Slice != drawn[n].Slice))
            {
                yield return new DoorPrompts([.. prompts], drawn[n].Slice);
                prompts.Clear();
            }
        }
    }

    private async Task<VoxelBox> StepAsync(DoorPrompts prompts, CancellationToken cancellation)
    {
        var request = new StepRequest { SegmentId = Id, Prompts = prompts.Prompts, Slice = model.Dimension == 2 ? prompts.Slice : null };
        await foreach (var happened in session.PredictAsync(request, cancellation))
        {
            switch (happened)
            {
                case StepResult result:
                    return result.Changed.Box;
                case NeedsBricksEvent:
                    throw new ImageLostException();
            }
        }

        throw new InvalidOperationException("a step ended without a result");
    }
}
