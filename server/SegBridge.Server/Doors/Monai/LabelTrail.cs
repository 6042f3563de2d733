using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// One label of an image: a segment of its session, and what had been said of it after each step. The protocol knows no
/// steps, every request repeats all prompts; so a request goes on from the last step that had heard a beginning of what it
/// says now. New prompts make one more step, as they do for a client that sends only those; prompts taken back go back in
/// the history. Not safe for concurrent use: its image orders the calls.
/// </summary>
internal sealed class LabelTrail
{
    private const uint Colour = 0x80AE80;

    // Steps of a 2D model that one drawing may cause.
    private const int MaxSlices = 64;
    private const int FewSlices = 3;

    private readonly Session _session;
    private readonly List<Mark> _marks = [];

    /// <param name="session">Where the image is.</param>
    /// <param name="segmentId">A segment of its own. It may overlap others: what the client does with that is its matter.</param>
    /// <param name="name">What the client calls it.</param>
    public LabelTrail(Session session, string segmentId, string name)
    {
        (_session, SegmentId) = (session, segmentId);
        session.PutSegment(new SegmentSettings(segmentId, name, Colour, string.Empty, AllowOverlap: true, Locked: false));
    }

    public string SegmentId { get; }

    /// <summary>Makes the segment what these prompts mean.</summary>
    /// <param name="said">All prompts of the label.</param>
    /// <param name="drawn">The label map that scribbles came with; null: none came.</param>
    /// <param name="rank">Which candidate, from 1.</param>
    /// <param name="cancellation">Gives it up; what was done stays.</param>
    /// <exception cref="InvalidRequestException">A prompt is wrong, or there are not as many candidates.</exception>
    public async Task<LabelAnswer> SayAsync(SaidPrompts said, ScribbleMap? drawn, int rank, CancellationToken cancellation)
    {
        var from = _marks.FindLast(mark => mark.Rank == rank && mark.HasHeard(said)) ?? _marks.FindLast(mark => said.GoesOnFrom(mark.Said));
        _session.GoToStep(SegmentId, from?.Step ?? 0);
        var prompts = said.Beyond(from?.Said);
        if (drawn?.EditOf(_session.GetMask(SegmentId, null)) is { } edit)
        {
            // The user's mask is a start of its own: what made the one before it no longer counts.
            _session.GoToStep(SegmentId, 0);
            prompts = [edit, .. prompts];
        }

        var last = from;
        foreach (var request in RequestsOf(said, prompts))
        {
            last = await StepAsync(request, said, cancellation);
        }

        if (last is { Candidates.Count: > 0 } && last.Rank != rank)
        {
            last = await ChooseAsync(last, rank, cancellation);
        }

        if (last is not null && !_marks.Contains(last))
        {
            _marks.Add(last);
        }

        return new LabelAnswer(last?.Confidence ?? 0, last?.Candidates ?? []);
    }

    private List<StepRequest> RequestsOf(SaidPrompts said, IReadOnlyList<Prompt> prompts)
    {
        if (prompts.Count == 0)
        {
            return [];
        }

        var step = new StepRequest { SegmentId = SegmentId, ModelId = said.ModelId, ReturnCandidates = true, Slice = said.Slice, Prompts = prompts };
        return said.IsOnSlices && prompts.Any(prompt => prompt is ScribblePrompt) ? OnSlices(step, said.Box) : [step];
    }

    // A drawing on several slices is one step of a 2D model on each; a mask comes with the first.
    private static List<StepRequest> OnSlices(StepRequest step, VoxelBox box)
    {
        var (drawings, masks) = (step.Prompts.OfType<ScribblePrompt>().ToList(), step.Prompts.OfType<MaskPrompt>());
        var axis = AxisOf(drawings.Aggregate(VoxelBox.Empty, (box, drawing) => box.Union(drawing.Voxels.Box)).Size);
        var slices = drawings.SelectMany(drawing => drawing.Voxels.Voxels).Select(voxel => voxel[axis]).Distinct().Order().ToList();
        if (slices.Count > MaxSlices)
        {
            throw new InvalidRequestException(
                $"label: the new scribbles are on {slices.Count} slices and a 2D model takes at most {MaxSlices} at once; draw on fewer, or use a 3D model");
        }

        return
        [
            .. slices.Select((index, n) =>
            {
                var slice = new SlicePlane(axis, index);
                var onSlice = drawings.Select(drawing => drawing with { Voxels = On(slice, drawing.Voxels) }).Where(drawing => drawing.Voxels.Count > 0);
                Prompt[] around = box.IsEmpty || index < box.Lower[axis] || index >= box.Upper[axis] ? [] : [new BoxPrompt(box)];
                return step with { Slice = slice, Prompts = [.. n == 0 ? masks : [], .. around, .. onSlice] };
            }),
        ];
    }

    private static BitBlock On(SlicePlane slice, BitBlock voxels)
    {
        var end = voxels.Box.Upper;
        return slice.Index < end[slice.Axis] ? voxels.Crop(slice.BoxIn(new VolumeSize(end.I, end.J, end.K)).Intersect(voxels.Box)) : new BitBlock(VoxelBox.Empty);
    }

    // Viewers show slices across K first. A drawing that goes through many of these and is one voxel thick across another axis
    // was made on a slice across that one.
    private static Axis AxisOf(VolumeSize drawing) =>
        drawing.K <= FewSlices || (drawing.I > 1 && drawing.J > 1) ? Axis.K : drawing.J == 1 ? Axis.J : Axis.I;

    private async Task<Mark> StepAsync(StepRequest request, SaidPrompts said, CancellationToken cancellation)
    {
        CandidatesEvent? candidates = null;
        StepResult? result = null;
        await foreach (var happened in _session.PredictAsync(request, cancellation))
        {
            candidates = happened as CandidatesEvent ?? candidates;
            result = happened as StepResult ?? result;
        }

        return Done(new Mark(result!.Step, said, 1, result.Confidence, candidates is null ? [] :
        [
            .. candidates.Candidates.OrderBy(candidate => candidate.Index != candidates.Chosen)
                .Select(candidate => new RankedCandidate(candidate.Index, candidate.Confidence)),
        ]));
    }

    private async Task<Mark> ChooseAsync(Mark mark, int rank, CancellationToken cancellation)
    {
        if (rank > mark.Candidates.Count)
        {
            throw new InvalidRequestException(
                $"params.{InferParams.CandidateKey}: {rank} is not one of the {mark.Candidates.Count} candidates of this step; ask for \"{InferParams.BestCandidate}\"");
        }

        var chosen = mark.Candidates[rank - 1];
        var result = await _session.ChooseCandidateAsync(SegmentId, mark.Step, chosen.Index, null, cancellation);
        return Done(mark with { Step = result.Step, Rank = rank, Confidence = result.Confidence });
    }

    // A step that was made after going back takes the place of those that were gone back from.
    private Mark Done(Mark mark)
    {
        _marks.RemoveAll(other => other.Step >= mark.Step);
        return mark;
    }

    /// <summary>What had been said after a step.</summary>
    /// <param name="Step">Its position in the segment's history.</param>
    /// <param name="Said">All prompts by then.</param>
    /// <param name="Rank">Which candidate is the mask, from 1.</param>
    /// <param name="Confidence">Predicted Dice.</param>
    /// <param name="Candidates">Of the step, by rank.</param>
    private sealed record Mark(int Step, SaidPrompts Said, int Rank, float Confidence, IReadOnlyList<RankedCandidate> Candidates)
    {
        public bool HasHeard(SaidPrompts said) => said.GoesOnFrom(Said) && Said.GoesOnFrom(said);
    }
}

/// <summary>What an inference came to.</summary>
/// <param name="Confidence">Predicted Dice, 0..1; 0 when nothing was ever predicted.</param>
/// <param name="Candidates">By rank; empty when no model was asked.</param>
internal sealed record LabelAnswer(float Confidence, IReadOnlyList<RankedCandidate> Candidates);

/// <summary>One of several masks.</summary>
/// <param name="Index">In the model's own order.</param>
/// <param name="Confidence">Predicted Dice, 0..1.</param>
internal sealed record RankedCandidate(int Index, float Confidence);
