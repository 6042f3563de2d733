using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Sessions;

/// <summary>
/// One interactive session: a volume that arrives brick by brick, segments with masks and history, and the steps
/// that change them. Thread-safe. Masks and boxes are voxel indices (IJK) of the volume.
/// </summary>
public sealed class Session
{
    private readonly SessionState _state;
    private readonly StepPreparation _steps;
    private readonly SegmentEditing _segments;
    private readonly ProbabilityMap _probabilities;
    private readonly SessionClock _clock;

    internal Session(SessionState state, string modelId, Func<string, SessionModel> models)
    {
        (_state, ModelId) = (state, modelId);
        (_steps, _segments, _probabilities) = (new StepPreparation(state, modelId, models), new SegmentEditing(state), new ProbabilityMap(state, models));
        _clock = new SessionClock(state.Options, state.Time);
    }

    /// <summary>32 hexadecimal characters; whoever knows them may use the session.</summary>
    public string Id => _state.Id;

    public VolumeDescription Volume => _state.Volume;

    public BrickGrid Grid => _state.Grid;

    /// <summary>The model of steps that name none.</summary>
    public string ModelId { get; }

    public SessionOptions Limits => _state.Options;

    /// <summary>Segments in the order of their creation.</summary>
    public IReadOnlyList<SegmentInfo> Segments
    {
        get
        {
            _clock.ShowLife();
            return _segments.All;
        }
    }

    internal bool IsExpired => _clock.IsExpired;

    /// <summary>
    /// The images that this server made the volume of; null where a client sends it. In memory alone: it identifies a patient.
    /// </summary>
    public DicomSource? Source { get; internal set; }

    /// <summary>Whether no brick of the volume is missing.</summary>
    internal bool HasAllBricks => _state.Inbox.Store.BrickCount == Grid.Counts.VoxelCount;

    /// <summary>The models that a segment's mask was predicted by; none where it is the user's own.</summary>
    /// <exception cref="SegmentNotFoundException">There is no such segment.</exception>
    public IReadOnlyList<string> ModelsOf(string segmentId) => _segments.ModelsOf(segmentId);

    /// <summary>Who opened it.</summary>
    internal CallerSeal Owner { get; init; } = CallerSeal.Of(null);

    /// <summary>Set on a session that its journal brought back: until it is done the session takes bricks only.</summary>
    internal Replay? Replay { get; set; }

    /// <summary>Stores bricks, all or none.</summary>
    /// <exception cref="InvalidRequestException">Data do not decode to the brick's voxels or the checksum is wrong.</exception>
    /// <exception cref="BrickException">A brick is outside the grid.</exception>
    /// <exception cref="LimitExceededException">Too many bytes.</exception>
    public BricksHeld PutBricks(IReadOnlyList<EncodedBrick> bricks)
    {
        _clock.Use();
        return _state.Inbox.Put(bricks);
    }

    /// <summary>
    /// One step. Events come as they happen, the last one is the <see cref="StepResult"/>. Ending the enumeration
    /// early cancels the step and withdraws its prompts.
    /// </summary>
    /// <exception cref="InvalidRequestException">A prompt is wrong.</exception>
    /// <exception cref="SupersededException">A newer step on the same slice took over.</exception>
    public IAsyncEnumerable<StepEvent> PredictAsync(StepRequest request, CancellationToken cancellation) =>
        StepStream.RunAsync(_clock, emit => _steps.Of(request, emit), cancellation);

    /// <summary>
    /// Fills slices of a segment from those that the user finished (accepted or worked on), which it does not change:
    /// a <see cref="StepResult"/> for every slice that was made or emptied, none for those that are up to date, and a
    /// <see cref="StoppedEvent"/> where a direction ends early. All slices of a run are one step of the history, also
    /// when it ends early: what is done stays. A newer propagation of the segment, Undo, Redo, GoToStep and Reset end it.
    /// </summary>
    /// <exception cref="InvalidRequestException">The range is wrong, axes are mixed, or the model is a 3D one.</exception>
    /// <exception cref="WrongStateException">There is no slice to start from, or the segment is locked.</exception>
    /// <exception cref="SupersededException">A newer propagation, or going back in history, ended it.</exception>
    public IAsyncEnumerable<StepEvent> PropagateAsync(PropagationRequest request, CancellationToken cancellation) =>
        StepStream.RunAsync(_clock, emit => _steps.Of(request, emit), cancellation);

    /// <summary>Marks slices of a segment as finished, or takes the mark away. Not part of the history.</summary>
    /// <exception cref="InvalidRequestException">No slices.</exception>
    /// <exception cref="GeometryException">A slice is outside the volume.</exception>
    public SegmentInfo Accept(string segmentId, IReadOnlyList<SlicePlane> slices, bool accepted)
    {
        _clock.Use();
        foreach (var slice in slices)
        {
            _steps.RequireSmall(slice);
        }

        return _segments.Accept(segmentId, slices, accepted);
    }

    /// <summary>
    /// Makes another candidate of a segment's current step its mask, as a step of its own: undoing it brings the model's
    /// choice back, and another of the same candidates can be chosen after it. A 3D model refines the candidate with all
    /// prompts so far; later steps build on it.
    /// </summary>
    /// <param name="segmentId">The segment.</param>
    /// <param name="step">The step whose candidates are meant: the current position of the segment's history.</param>
    /// <param name="candidate">See <see cref="CandidateInfo.Index"/>.</param>
    /// <param name="requestId">Chosen by the client, unique; sent again, it brings the choice's result again. Null: none.</param>
    /// <param name="cancellation">Gives the choice up.</param>
    /// <exception cref="SegmentNotFoundException">There is no such segment.</exception>
    /// <exception cref="InvalidRequestException">The step has no such candidate.</exception>
    /// <exception cref="WrongStateException">
    /// The segment is locked or stands at another step, the step has no candidates, another step is under way, or bricks are missing.
    /// </exception>
    /// <exception cref="SupersededException">A newer step on the same slice took over.</exception>
    public async Task<StepResult> ChooseCandidateAsync(
        string segmentId, int step, int candidate, string? requestId, CancellationToken cancellation)
    {
        using var use = _clock.BeginUse();
        StepPreparation.RequireRequestId(requestId);
        var choice = new CandidateChoice(step, candidate, requestId);
        Proposals proposals;
        lock (_state.Gate)
        {
            var segment = _state.GetSegment(segmentId);
            if (segment.ResultOf(requestId) is { } known)
            {
                return known;
            }

            proposals = choice.Require(segment);
        }

        StepResult? result = null;
        await Task.Run(
            () => proposals.StepOf(choice, _state, happened => result = happened as StepResult ?? result).RunAsync(cancellation), CancellationToken.None);
        return result!;
    }

    /// <summary>Takes the last step of a segment back.</summary>
    public HistoryResult Undo(string segmentId) => Move(segmentId, segment => segment.Undo());

    /// <summary>Brings an undone step back.</summary>
    public HistoryResult Redo(string segmentId) => Move(segmentId, segment => segment.Redo());

    /// <summary>Goes to a position of the history, 0 = before the first step; later steps can be redone.</summary>
    public HistoryResult GoToStep(string segmentId, int step) => Move(segmentId, segment => segment.GoTo(step));

    /// <summary>Empties a segment: mask, prompts and history.</summary>
    public HistoryResult Reset(string segmentId)
    {
        _clock.Use();
        return _segments.Reset(segmentId);
    }

    /// <summary>The mask inside a box, or inside its own bounding box.</summary>
    public BitBlock GetMask(string segmentId, VoxelBox? box)
    {
        _clock.ShowLife();
        return _segments.Read(segmentId, box);
    }

    /// <inheritdoc cref="ProbabilityMap"/>
    /// <returns>C-order (k, j, i) of the volume.</returns>
    /// <exception cref="SegmentNotFoundException">There is no such segment.</exception>
    public byte[] GetProbabilities(string segmentId)
    {
        _clock.ShowLife();
        return _probabilities.Of(segmentId);
    }

    /// <summary>A slice of a segment as an example of a task: the image as models see it, and the mask.</summary>
    /// <exception cref="GeometryException">The slice is not in the volume.</exception>
    /// <exception cref="InvalidRequestException">The segment has nothing on the slice.</exception>
    /// <exception cref="LimitExceededException">The slice has too many pixels.</exception>
    /// <exception cref="WrongStateException">Bricks of the slice are missing.</exception>
    public ExamplePicture PictureOf(string segmentId, SlicePlane slice)
    {
        _clock.Use();
        return SegmentPictures.Of(_state, segmentId, slice);
    }

    /// <summary>Creates a segment or changes its settings.</summary>
    public SegmentInfo PutSegment(SegmentSettings settings)
    {
        _clock.Use();
        return _segments.Put(settings);
    }

    public void RemoveSegment(string segmentId)
    {
        _clock.Use();
        _segments.Remove(segmentId);
    }

    /// <summary>Time left until the idle limit; asking is no sign of life.</summary>
    public TimeSpan IdleLeft => _clock.IdleLeft;

    /// <summary>Shows that the client is alive; returns the time left until the idle limit.</summary>
    public TimeSpan KeepAlive()
    {
        _clock.ShowLife();
        return _clock.IdleLeft;
    }

    internal void Close() => _state.Dispose();

    /// <summary>The session does not expire until the result is disposed.</summary>
    internal IDisposable BeginUse() => _clock.BeginUse();

    /// <summary>Fills a slice again as a propagation did.</summary>
    internal IAsyncEnumerable<StepEvent> RefillAsync(FilledAct act) =>
        StepStream.RunAsync(_clock, emit => _steps.Of(act, emit), CancellationToken.None);

    /// <summary>What a client needs to know that lost its connection or its server.</summary>
    internal ResumedSession ToResumed()
    {
        _clock.ShowLife();
        lock (_state.Gate)
        {
            return new ResumedSession(
                this,
                [.. _state.Segments.Select(segment => segment.Info)],
                [],
                [.. _state.Segments.SelectMany(segment => segment.Waiting)],
                string.Join("; ", ((string?[])[Replay?.Lost, _state.Journal?.Trouble]).Where(words => !string.IsNullOrEmpty(words))));
        }
    }

    private HistoryResult Move(string segmentId, Func<Segment, HistoryResult> move)
    {
        _clock.Use();
        return _segments.Move(segmentId, move);
    }
}
