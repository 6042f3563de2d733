using System.Collections.Immutable;
using System.Diagnostics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// One step of a 2D model on one slice: wait for the slice's bricks, wait for the session's turn, predict,
/// and put the result into the segment. What is read and written of the segment is guarded by the session's lock.
/// </summary>
internal sealed class SliceStep(
    SessionState session,
    ISliceModel model,
    StepRequest request,
    SlicePlane plane,
    Action<StepEvent> emit)
{
    private readonly VolumeGeometry _geometry = session.Volume.Geometry;
    private readonly long _start = Stopwatch.GetTimestamp();
    private double _bricksMs;

    /// <exception cref="SupersededException">A newer step on this slice took the prompts over.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Register() is not { } step)
        {
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, step.Superseded, session.Closed);
        var committed = false;
        try
        {
            await WaitForBricksAsync(step, linked.Token);
            using var turn = await session.Turns.EnterAsync(linked.Token);
            var result = await PredictAsync(step, linked.Token);
            committed = true;
            emit(result);
        }
        catch (OperationCanceledException) when (step.IsSuperseded)
        {
            throw new SupersededException();
        }
        catch (OperationCanceledException) when (session.Closed.IsCancellationRequested)
        {
            throw new WrongStateException("the session was closed during the step");
        }
        finally
        {
            Unregister(step, committed);
            step.Dispose();
        }
    }

    // Null when this request was done before: its result is emitted again.
    private StepInFlight? Register()
    {
        lock (session.Gate)
        {
            var segment = session.GetOrAddSegment(request.SegmentId);
            segment.RequireUnlocked();
            if (request.RequestId is { } id && segment.Find(id) is { } found)
            {
                emit(Repeat(segment, found.Step, found.Position));
                return null;
            }

            var carried = segment.Carried.GetValueOrDefault(plane, []);
            segment.Carried.Remove(plane);
            if (segment.InFlight.TryGetValue(plane, out var older))
            {
                older.Supersede();
                carried = older.All;
            }

            if (request.RequestId is not null)
            {
                carried = carried.RemoveAll(prompt => prompt.RequestId == request.RequestId);
            }

            var own = request.Prompts.Select(prompt => new RequestedPrompt(request.RequestId, prompt)).ToImmutableList();
            var step = new StepInFlight(carried, own);
            segment.InFlight[plane] = step;
            return step;
        }
    }

    private void Unregister(StepInFlight step, bool committed)
    {
        lock (session.Gate)
        {
            if (session.FindSegment(request.SegmentId) is not { } segment || segment.InFlight.GetValueOrDefault(plane) != step)
            {
                return;
            }

            segment.InFlight.Remove(plane);
            if (!committed && !step.Carried.IsEmpty)
            {
                // This step's own prompts go back with the error; those it inherited were promised to live on.
                segment.Carried[plane] = step.Carried;
            }
        }
    }

    private async Task WaitForBricksAsync(StepInFlight step, CancellationToken cancellation)
    {
        var box = plane.BoxIn(_geometry.Size);
        var inbox = session.Inbox;
        var waitStart = Stopwatch.GetTimestamp();
        for (var asked = false; ; asked = true)
        {
            var arrival = inbox.NextArrival;
            var missing = inbox.Store.Missing(box);
            if (missing.Count == 0)
            {
                break;
            }

            if (!asked)
            {
                inbox.RequireRoomFor(missing);
                emit(BrickWishes.Of(session, plane, missing, FocusOf(step)));
            }

            try
            {
                await arrival.WaitAsync(session.Options.BrickWait, session.Time, cancellation);
            }
            catch (TimeoutException)
            {
                throw new WrongStateException(
                    $"{missing.Count} of the bricks that the prediction needs did not arrive and none came for {session.Options.BrickWait.TotalSeconds:0} s; send them and predict again with the same prompts");
            }
        }

        _bricksMs = Stopwatch.GetElapsedTime(waitStart).TotalMilliseconds;
    }

    private VoxelPoint FocusOf(StepInFlight step)
    {
        if (!step.All.IsEmpty)
        {
            return PromptPlane.FocusOf(step.All[^1].Prompt);
        }

        var box = plane.BoxIn(_geometry.Size);
        return plane.VoxelAt(box.Size[plane.RowAxis] / 2, box.Size[plane.ColumnAxis] / 2).Centre;
    }

    private async Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = Stopwatch.GetElapsedTime(_start).TotalMilliseconds - _bricksMs;
        var before = Snapshot(step);
        var masks = step.All.Select(item => item.Prompt).OfType<MaskPrompt>().Select(prompt => prompt.Mask).ToArray();
        var drawn = step.All.Select(item => item.Prompt).Where(prompt => prompt is not MaskPrompt);
        var prompts = before.State.Prompts.AddRange(drawn);

        // A step that only sets the user's own mask needs no model.
        if (masks.Length > 0 && prompts.IsEmpty)
        {
            return Commit(step, masks, null, SliceState.Fresh, new StepTiming(turnMs, _bricksMs, 0, Elapsed()));
        }

        var slicePrompts = SlicePromptRaster.Draw(prompts, plane, _geometry);
        var image = session.Images.Get(plane, request.Window ?? session.Volume.DisplayWindow);
        var prediction = await model.PredictAsync(
            image, slicePrompts, PreviousLogits(before, masks), session.Id, ahead => emit(new QueuedEvent(ahead)), cancellation);
        cancellation.ThrowIfCancellationRequested();

        var state = new SliceState(prompts, prediction.Logits, model.Manifest.Id);
        return Commit(step, masks, prediction, state, new StepTiming(turnMs + prediction.QueueMs, _bricksMs, prediction.ModelMs, Elapsed()));
    }

    private (SliceState State, BitBlock Mask) Snapshot(StepInFlight step)
    {
        lock (session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = session.GetSegment(request.SegmentId);
            return (segment.SliceAt(plane), segment.Mask.Read(plane.BoxIn(_geometry.Size)));
        }
    }

    private ReadOnlyMemory<float>? PreviousLogits((SliceState State, BitBlock Mask) before, BitBlock[] masks)
    {
        if (masks.Length == 0 && before.State.Logits is not null && before.State.LogitsModelId == model.Manifest.Id)
        {
            return before.State.Logits;
        }

        var mask = SliceBits.Unpack(before.Mask);
        foreach (var own in masks)
        {
            SliceBits.Overwrite(mask, before.Mask.Box, own);
        }

        var (rows, columns) = plane.ShapeIn(_geometry.Size);
        return mask.AsSpan().ContainsAnyExcept((byte)0) ? model.LogitsOf(mask, rows, columns) : (ReadOnlyMemory<float>?)null;
    }

    private StepResult Commit(StepInFlight step, BitBlock[] masks, SlicePrediction? prediction, SliceState state, StepTiming timing)
    {
        lock (session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = session.GetSegment(request.SegmentId);
            segment.RequireUnlocked();
            var changes = new List<MaskChange>();
            var slices = segment.Slices;
            foreach (var mask in masks)
            {
                changes.Add(segment.Mask.Replace(session.WithoutOthers(segment, mask)));
                // Logits of slices that the new mask covers no longer describe them.
                slices = slices.SetItems(slices
                    .Where(slice => !slice.Key.BoxIn(_geometry.Size).Intersect(mask.Box).IsEmpty)
                    .Select(slice => KeyValuePair.Create(slice.Key, slice.Value with { Logits = null, LogitsModelId = null })));
            }

            if (prediction is not null)
            {
                var content = BitBlock.FromVoxels(plane.BoxIn(_geometry.Size), prediction.Mask);
                EmitCandidate(content, prediction);
                changes.Add(segment.Mask.Replace(session.WithoutOthers(segment, content)));
            }

            var done = new HistoryStep(
                request.RequestId,
                changes,
                segment.Slices,
                slices.SetItem(plane, state),
                plane,
                model.Manifest.Id,
                prediction?.Confidence ?? 1,
                prediction?.MostUncertain is { } pixel ? new UncertainVoxel(plane.VoxelAt(pixel.Row, pixel.Column), pixel.Uncertainty) : null,
                timing);
            segment.Commit(done);
            session.Count(segment);
            return Repeat(segment, done, segment.Position);
        }
    }

    private void EmitCandidate(BitBlock content, SlicePrediction prediction)
    {
        if (request.ReturnCandidates)
        {
            var mask = content.Crop(content.BoundingBox);
            emit(new CandidatesEvent([new CandidateInfo(0, prediction.Confidence, mask, mask.Count * _geometry.VoxelVolumeMl)], 0));
        }
    }

    private static StepResult Repeat(Segment segment, HistoryStep step, int position) => new()
    {
        SegmentId = segment.Settings.Id,
        Step = position,
        Changed = segment.Mask.Read(step.Box),
        Confidence = step.Confidence,
        Segment = segment.Info,
        Next = step.Next,
        Timing = step.Timing,
        Slice = step.Slice,
        ModelId = step.ModelId,
    };

    private double Elapsed() => Stopwatch.GetElapsedTime(_start).TotalMilliseconds - _bricksMs;
}
