using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions;

/// <summary>
/// One interactive session: a volume that arrives brick by brick, segments with masks and history, and the steps
/// that change them. Thread-safe. Masks and boxes are voxel indices (IJK) of the volume.
/// </summary>
public sealed class Session
{
    private const int MaxRequestId = 64;

    private readonly SessionState _state;
    private readonly Func<string, SessionModel> _models;
    private readonly SessionClock _clock;

    internal Session(SessionState state, string modelId, Func<string, SessionModel> models)
    {
        (_state, ModelId, _models) = (state, modelId, models);
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
            lock (_state.Gate)
            {
                return [.. _state.Segments.Select(segment => segment.Info)];
            }
        }
    }

    internal bool IsExpired => _clock.IsExpired;

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
    public async IAsyncEnumerable<StepEvent> PredictAsync(StepRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var use = _clock.BeginUse();
        var step = Prepare(request, out var events);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var run = Task.Run(() => RunAsync(step, events.Writer, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(cancellation))
            {
                yield return happened;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await run;
        }
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
        lock (_state.Gate)
        {
            var old = _state.GetSegment(segmentId);
            old.RequireUnlocked();
            var emptied = _state.EmptySegment(segmentId);
            return new HistoryResult(new BitBlock(old.Mask.BoundingBox), emptied.Info);
        }
    }

    /// <summary>The mask inside a box, or inside its own bounding box.</summary>
    public BitBlock GetMask(string segmentId, VoxelBox? box)
    {
        _clock.ShowLife();
        if (box is { } asked && (asked.IsEmpty || !Volume.Geometry.Bounds.Encloses(asked)))
        {
            throw new InvalidRequestException($"box: {asked} must not be empty and must lie inside the volume of {Volume.Geometry.Size} voxels");
        }

        lock (_state.Gate)
        {
            var mask = _state.GetSegment(segmentId).Mask;
            return mask.Read(box ?? mask.BoundingBox);
        }
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
        SegmentRules.Require(settings);
        lock (_state.Gate)
        {
            if (_state.FindSegment(settings.Id) is { } segment)
            {
                segment.Settings = settings;
                return segment.Info;
            }

            return _state.AddSegment(settings).Info;
        }
    }

    public void RemoveSegment(string segmentId)
    {
        _clock.Use();
        lock (_state.Gate)
        {
            _state.RemoveSegment(segmentId);
        }
    }

    /// <summary>Shows that the client is alive; returns the time left until the idle limit.</summary>
    public TimeSpan KeepAlive()
    {
        _clock.ShowLife();
        return _clock.IdleLeft;
    }

    internal void Close() => _state.Dispose();

    private Step Prepare(StepRequest request, out Channel<StepEvent> events)
    {
        SegmentRules.RequireId(request.SegmentId);
        if (request.RequestId?.Length > MaxRequestId)
        {
            throw new InvalidRequestException($"request_id: {request.RequestId.Length} characters; at most {MaxRequestId} are allowed");
        }

        PromptChecks.Require(request.Prompts, Volume.Geometry.Size, Limits);
        var model = _models(request.ModelId ?? ModelId);
        ContextRules.Require(request, model.Manifest, _state.Contexts);
        var channel = Channel.CreateUnbounded<StepEvent>(new UnboundedChannelOptions { SingleReader = true });
        events = channel;
        void Emit(StepEvent happened) => channel.Writer.TryWrite(happened);
        return model switch
        {
            SessionModel.OnVolume volume => new VolumeStep(_state, volume.Model, request, Emit),
            SessionModel.OnSlices slices => new SliceStep(_state, slices.Model, request, PlaneOf(request), Emit),
            var other => throw new InvalidOperationException($"{other} is no model of slices or volumes"),
        };
    }

    private SlicePlane PlaneOf(StepRequest request)
    {
        var plane = request.Slice ?? PromptPlane.OfLast(request.Prompts);
        var (rows, columns) = plane.ShapeIn(Volume.Geometry.Size);
        if ((long)rows * columns > Limits.MaxSlicePixels)
        {
            throw new LimitExceededException($"the slice has {(long)rows * columns:N0} pixels; 2D models take up to {Limits.MaxSlicePixels:N0}");
        }

        // Drawn once now, so that a prompt off the slice is refused before it is remembered.
        SlicePromptRaster.Draw(request.Prompts, plane, Volume.Geometry);
        return plane;
    }

    private static async Task RunAsync(Step step, ChannelWriter<StepEvent> events, CancellationToken cancellation)
    {
        try
        {
            await step.RunAsync(cancellation);
            events.Complete();
        }
#pragma warning disable CA1031 // The reader of the events rethrows whatever ended the step.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            events.Complete(failure);
        }
    }

    private HistoryResult Move(string segmentId, Func<Segment, HistoryResult> move)
    {
        _clock.Use();
        lock (_state.Gate)
        {
            var segment = _state.GetSegment(segmentId);
            var moved = move(segment);
            _state.Count(segment);
            return moved;
        }
    }
}
