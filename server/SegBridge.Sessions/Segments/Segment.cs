using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Segments;

/// <summary>One object of a session: mask, prompts, history. Guarded by its session's lock.</summary>
internal sealed class Segment(SegmentSettings settings, VolumeGeometry geometry)
{
    private readonly History _history = new();

    public SegmentSettings Settings { get; set; } = settings;

    public VolumeMask Mask { get; } = new(geometry.Size);

    /// <summary>What later steps build on.</summary>
    public SegmentState State { get; private set; } = SegmentState.Fresh;

    /// <summary>Steps under way, at most one per place.</summary>
    public Dictionary<StepPlace, StepInFlight> InFlight { get; } = [];

    /// <summary>Prompts of superseded steps whose successor did not finish; the place's next step takes them.</summary>
    public Dictionary<StepPlace, ImmutableList<RequestedPrompt>> Carried { get; } = [];

    /// <summary>The prompts among them, for the client.</summary>
    public IEnumerable<WaitingPrompts> Waiting => Carried.Where(carried => !carried.Value.IsEmpty).Select(carried => new WaitingPrompts(
        Settings.Id,
        carried.Key.Section?.Slice,
        carried.Key.Section?.Tilted,
        carried.Value.Count,
        [.. carried.Value.Select(prompt => prompt.RequestId).OfType<string>().Distinct()]));

    /// <summary>Requests whose prompts do not count.</summary>
    public WithdrawnRequests Withdrawn { get; } = new();

    public long BytesHeld => Mask.BytesHeld + _history.BytesHeld;

    /// <summary>The part of <see cref="BytesHeld"/> that the memory budget knows of.</summary>
    public long BytesCounted { get; set; }

    public int Position => _history.Position;

    /// <summary>The last step in force; null before the first.</summary>
    public HistoryStep? Current => _history.Current;

    public SegmentInfo Info => new(
        Settings.Id,
        Settings.Name,
        Settings.Color,
        Settings.Terminology,
        _history.Position,
        _history.Position,
        _history.RedoSteps,
        Mask.Count,
        Mask.Count * geometry.VoxelVolumeMl,
        Mask.BoundingBox,
        Settings.AllowOverlap,
        Settings.Locked)
    {
        Accepted = [.. Accepted.OrderBy(slice => slice.Axis).ThenBy(slice => slice.Index)],
    };

    /// <summary>Models that predicted a step in force, each once; a step that only sets the user's mask asks none.</summary>
    public IEnumerable<string> Models => _history.Done
        .Where(done => done.Step.Proposals is not null || done.Step.Run is not null)
        .SelectMany(done => done.Step.Reports.Select(report => report.ModelId))
        .Distinct();

    /// <summary>Slices that the user called finished. Not part of the history.</summary>
    public HashSet<SlicePlane> Accepted { get; } = [];

    /// <summary>Slices that propagation starts from and never changes: accepted ones, and those that the user worked on.</summary>
    public IEnumerable<SlicePlane> Kept =>
        Accepted.Union(State.Slices.Where(slice => slice.Value.Origin is null).Select(slice => slice.Key.Slice).OfType<SlicePlane>());

    public SliceState SliceAt(Section section) => State.Slices.GetValueOrDefault(section, SliceState.Fresh);

    /// <summary>Propagations that came to their end, by their run.</summary>
    public Dictionary<string, RunEnd> EndedRuns { get; } = [];

    /// <summary>The result in force that a request had, so that a request sent twice is done once; null if there is none.</summary>
    public StepResult? ResultOf(string? requestId) => requestId is null
        ? null
        : ResultsOf(step => step.RequestId == requestId).LastOrDefault();

    /// <summary>The results in force of a propagation, in their order.</summary>
    public IReadOnlyList<StepResult> ResultsOfRun(string run) => ResultsOf(step => step.Run == run);

    public void RequireUnlocked()
    {
        if (Settings.Locked)
        {
            throw new WrongStateException("the segment is locked; unlock it by PutSegment first");
        }
    }

    /// <summary>
    /// Gives the prompts of these requests up: their steps under way end, and what others inherited of them, or would
    /// inherit, is forgotten. What they inherited themselves lives on.
    /// </summary>
    /// <returns>What waits at the places where that changed something.</returns>
    public IReadOnlyList<WaitingAct> Withdraw(IReadOnlyList<string> requestIds)
    {
        Withdrawn.Add(requestIds);
        var changed = new HashSet<StepPlace>();
        foreach (var (place, step) in InFlight.Where(running => Withdrawn.Contains(running.Value.RequestId)).ToList())
        {
            step.Withdraw();
            InFlight.Remove(place);
            Carried[place] = step.Carried;
            changed.Add(place);
        }

        bool IsWithdrawn(RequestedPrompt prompt) => Withdrawn.Contains(prompt.RequestId);
        foreach (var place in Carried.Keys.Where(place => Carried[place].Exists(IsWithdrawn)).ToList())
        {
            Carried[place] = Carried[place].RemoveAll(IsWithdrawn);
            changed.Add(place);
        }

        changed.UnionWith(InFlight.Where(running => running.Value.Forget(IsWithdrawn)).Select(running => running.Key).ToList());
        return
        [
            .. changed.Select(place => InFlight.GetValueOrDefault(place) is { } running
                ? new WaitingAct(Settings.Id, place, running.Carried, running.Own)
                : new WaitingAct(Settings.Id, place, Carried[place], [])),
        ];
    }

    /// <summary>Puts a step in force whose changes were already made to the mask.</summary>
    public void Commit(HistoryStep step)
    {
        State = step.After;
        _history.Add(step);
    }

    public HistoryResult Undo()
    {
        RequireUnlocked();
        EndPropagation();
        var step = _history.Undo();
        Revert(step);
        return Result(step.Box);
    }

    public HistoryResult Redo()
    {
        RequireUnlocked();
        EndPropagation();
        var step = _history.Redo();
        Repeat(step);
        return Result(step.Box);
    }

    /// <summary>Undoes or redoes until the position is reached.</summary>
    public HistoryResult GoTo(int position)
    {
        RequireUnlocked();
        var last = _history.Position + _history.RedoSteps;
        if (position < 0 || position > last)
        {
            throw new InvalidRequestException($"step: {position} is not in the history; it goes from 0 to {last}");
        }

        EndPropagation();
        var box = VoxelBox.Empty;
        while (_history.Position > position)
        {
            var step = _history.Undo();
            Revert(step);
            box = box.Union(step.Box);
        }

        while (_history.Position < position)
        {
            var step = _history.Redo();
            Repeat(step);
            box = box.Union(step.Box);
        }

        return Result(box);
    }

    private StepResult[] ResultsOf(Func<HistoryStep, bool> which) =>
    [
        .. _history.Done.Where(done => which(done.Step)).SelectMany(done => done.Step.Reports.Select(report => report.ToResult(this, done.Position))),
    ];

    // It would go on from slices that are no longer as it left them.
    private void EndPropagation() => InFlight.GetValueOrDefault(StepPlace.Propagation)?.Supersede();

    private void Revert(HistoryStep step)
    {
        foreach (var change in step.Changes.Reverse())
        {
            Mask.Apply(change.Inverse());
        }

        State = step.Before;
    }

    private void Repeat(HistoryStep step)
    {
        foreach (var change in step.Changes)
        {
            Mask.Apply(change);
        }

        State = step.After;
    }

    private HistoryResult Result(VoxelBox box) => new(Mask.Read(box), Info);
}
