using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Steps;

/// <summary>Makes the step that carries a request out, and refuses a wrong request before anything of it is remembered.</summary>
/// <param name="state">The session.</param>
/// <param name="modelId">The model of requests that name none.</param>
/// <param name="models">Finds models.</param>
internal sealed class StepPreparation(SessionState state, string modelId, Func<string, SessionModel> models)
{
    private const int MaxRequestId = 64;

    /// <exception cref="InvalidRequestException">The id is too long.</exception>
    public static void RequireRequestId(string? requestId)
    {
        if (requestId?.Length > MaxRequestId)
        {
            throw new InvalidRequestException($"request_id: {requestId.Length} characters; at most {MaxRequestId} are allowed");
        }
    }

    /// <exception cref="LimitExceededException">The slice has more pixels than 2D models take.</exception>
    public void RequireSmall(Section section)
    {
        var frame = SectionFrame.Of(section, state.Volume.Geometry);
        if ((long)frame.Rows * frame.Columns > state.Options.MaxSlicePixels)
        {
            throw new LimitExceededException($"the slice has {(long)frame.Rows * frame.Columns:N0} pixels; 2D models take up to {state.Options.MaxSlicePixels:N0}");
        }
    }

    public Step Of(StepRequest request, Action<StepEvent> emit)
    {
        SegmentRules.RequireId(request.SegmentId);
        RequireRequestId(request.RequestId);
        PromptChecks.Require(request.Prompts, state.Volume.Geometry.Size, state.Options);
        var model = models(request.ModelId ?? modelId);
        ContextRules.Require(request.TaskId, request.ExampleIds, model.Manifest, state.Contexts);
        return model switch
        {
            SessionModel.OnVolume volume => new VolumeStep(state, volume.Model, Drawable(request), emit),
            SessionModel.OnSlices slices => new SliceStep(state, slices.Model, request, SectionOf(request), emit),
            var other => throw new InvalidOperationException($"{other} is no model of slices or volumes"),
        };
    }

    public Step Of(PropagationRequest request, Action<StepEvent> emit)
    {
        RequireRequestId(request.RequestId);
        lock (state.Gate)
        {
            state.GetSegment(request.SegmentId);
        }

        foreach (var slice in request.From)
        {
            RequireSmall(slice);
        }

        var model = SliceModelOf(request.ModelId ?? modelId);
        ContextRules.Require(request.TaskId, null, model.Manifest, state.Contexts);
        return new PropagationStep(state, model, request, emit);
    }

    /// <summary>The step that fills a slice again as a propagation did.</summary>
    public Step Of(FilledAct act, Action<StepEvent> emit) => new SliceRefill(state, SliceModelOf(act.ModelId), act, emit);

    private ISliceModel SliceModelOf(string id) => models(id) is SessionModel.OnSlices slices
        ? slices.Model
        : throw new InvalidRequestException($"model_id: {id} works on volumes; propagation needs a 2D model");

    // Drawn once now, so that a stroke that covers too much is refused before it is remembered.
    private StepRequest Drawable(StepRequest request)
    {
        VolumePromptRaster.Draw(request.Prompts, state.Volume.Geometry);
        return request;
    }

    private Section SectionOf(StepRequest request)
    {
        Section section = request.Oblique is { } oblique
            ? new Section.Oblique(oblique)
            : request.Slice ?? PromptPlane.OfLast(request.Prompts);
        RequireSmall(section);
        // Drawn once now, so that a prompt off the slice is refused before it is remembered.
        SlicePromptRaster.Draw(request.Prompts, section, state.Volume.Geometry);
        return section;
    }
}
