using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class VolumeStepTests : IDisposable
{
    private readonly BrightVolumeModel _model = new();
    private readonly TestSession _test = new();
    private readonly Session _session;

    public VolumeStepTests()
    {
        _session = new Session(
            _test.State, BrightVolumeModel.Id,
            id => id == BrightVolumeModel.Id ? new SessionModel.OnVolume(_model) : new SessionModel.OnSlices(_test.Model));
    }

    [Fact]
    public async Task A_click_segments_the_bright_box_on_the_volumes_own_grid()
    {
        _test.PutAllBricks();

        var result = await StepAsync(TestSession.Click(8, 6, 3));

        // Bright in [4, 12) × [3, 9) of every slice; interpolation moves the edge by less than a voxel.
        var mask = _session.GetMask("1", TestSession.Size.Bounds);
        Assert.All(Interior(), voxel => Assert.True(mask[voxel], $"{voxel}"));
        Assert.All(Exterior(), voxel => Assert.False(mask[voxel], $"{voxel}"));
        Assert.Equal((0.8f, 1, BrightVolumeModel.Id), (result.Confidence, result.Step, result.ModelId));
        Assert.Null(result.Slice);
        Assert.NotNull(result.Next);
    }

    [Fact]
    public async Task A_step_waits_for_the_bricks_of_its_patch_and_no_others()
    {
        var asked = new List<int>();
        StepResult? result = null;
        await foreach (var happened in _session.PredictAsync(Request(TestSession.Click(8, 6, 3)), default))
        {
            if (happened is NeedsBricksEvent needs)
            {
                asked.Add(needs.Required.Count);
                _session.PutBricks([.. needs.Required.Select(index => _test.BrickAt(index))]);
            }

            result = happened as StepResult ?? result;
        }

        Assert.Single(asked);
        Assert.NotNull(result);
    }

    [Fact]
    public async Task The_patch_is_encoded_once_and_later_steps_build_on_the_logits()
    {
        _test.PutAllBricks();

        await StepAsync(TestSession.Click(8, 6, 3));
        await StepAsync(TestSession.Click(2, 6, 3, Polarity.Negative));

        Assert.Equal(1, _model.Encoded);
        Assert.Null(_model.Calls[0].Previous);
        Assert.Equal(-1, _model.Calls[1].Previous![0]);
        Assert.Single(_model.Calls[1].Prompts.Points);
        var voxels = BrightVolumeModel.Grid * BrightVolumeModel.Grid * BrightVolumeModel.Grid;
        Assert.Equal((1, 1), (_model.Calls[1].Maps[..voxels].Count(value => value > 0), _model.Calls[1].Maps[voxels..(2 * voxels)].Count(value => value > 0)));
    }

    [Fact]
    public async Task Undo_takes_prompts_and_logits_back_too()
    {
        _test.PutAllBricks();
        await StepAsync(TestSession.Click(8, 6, 3));
        await StepAsync(TestSession.Click(2, 6, 3, Polarity.Negative));

        _session.Undo("1");
        await StepAsync(TestSession.Click(9, 6, 3));

        Assert.Equal(-1, _model.Calls[2].Previous![0]);
        var voxels = BrightVolumeModel.Grid * BrightVolumeModel.Grid * BrightVolumeModel.Grid;
        Assert.DoesNotContain(_model.Calls[2].Maps[voxels..(2 * voxels)], value => value > 0);
    }

    [Fact]
    public async Task What_the_user_drew_holds_whatever_the_model_says()
    {
        _test.PutAllBricks();
        var dark = Scribble(Polarity.Positive, new Ijk(14, 10, 3));
        var bright = Scribble(Polarity.Negative, new Ijk(8, 6, 2));

        await StepAsync(dark, bright);

        var mask = _session.GetMask("1", TestSession.Size.Bounds);
        Assert.True(mask[new Ijk(14, 10, 3)]);
        Assert.False(mask[new Ijk(8, 6, 2)]);
        Assert.True(mask[new Ijk(8, 6, 3)]);
    }

    [Fact]
    public async Task A_box_given_once_counts_at_every_step()
    {
        _test.PutAllBricks();
        await StepAsync(new BoxPrompt(new VoxelBox(new Ijk(4, 3, 1), new Ijk(12, 9, 5))));
        await StepAsync(TestSession.Click(8, 6, 3));

        var box = Assert.IsType<PatchBox>(_model.Calls[1].Prompts.Box);
        // 8 × 6 × 4 voxels of 1 × 2 × 5 mm on a grid of 2 mm.
        Assert.Equal((10, 6, 4), (box.Upper.S - box.Lower.S, box.Upper.A - box.Lower.A, box.Upper.R - box.Lower.R));
    }

    [Fact]
    public async Task All_candidates_come_with_confidence_and_volume_when_asked_for()
    {
        _test.PutAllBricks();
        var events = new List<StepEvent>();
        await foreach (var happened in _session.PredictAsync(Request(TestSession.Click(8, 6, 3)) with { ReturnCandidates = true }, default))
        {
            events.Add(happened);
        }

        var candidates = Assert.Single(events.OfType<CandidatesEvent>());
        Assert.Equal(0, candidates.Chosen);
        Assert.Equal([(0, 0.8f), (2, 0.2f), (1, 0.1f)], candidates.Candidates.Select(candidate => (candidate.Index, candidate.Confidence)));
        Assert.Equal(0, candidates.Candidates[2].Mask.Count);
        Assert.True(candidates.Candidates[1].VolumeMl > candidates.Candidates[0].VolumeMl);
        // Nothing and everything: they disagree wherever one of them says something.
        Assert.Equal(candidates.Candidates[1].Mask.Count, candidates.Disagreement.Count);
    }

    [Fact]
    public async Task A_mask_alone_is_taken_over_and_the_next_step_starts_from_it()
    {
        _test.PutAllBricks();
        var drawn = new BitBlock(new VoxelBox(new Ijk(5, 4, 2), new Ijk(9, 8, 4)));
        foreach (var voxel in AllOf(drawn.Box))
        {
            drawn[voxel] = true;
        }

        var result = await StepAsync(new MaskPrompt(drawn));

        Assert.Empty(_model.Calls);
        Assert.Equal((1f, drawn.Count), (result.Confidence, result.Segment.VoxelCount));
        await StepAsync(TestSession.Click(6, 6, 3));
        var previous = _model.Calls[0].Previous!;
        Assert.InRange(previous.Count(value => value > 0), 1, previous.Length / 8);
    }

    [Fact]
    public async Task A_slice_corrected_by_a_2D_model_is_what_the_next_3D_step_starts_from()
    {
        _test.PutAllBricks();
        await StepAsync(TestSession.Click(8, 6, 3));
        var slice = new StepRequest { SegmentId = "1", ModelId = BrightnessModel.Id, Slice = new SlicePlane(Axis.K, 3), Prompts = [TestSession.Click(8, 6, 3)] };
        await foreach (var _ in _session.PredictAsync(slice, default))
        {
        }

        await StepAsync(TestSession.Click(8, 7, 3));

        // The mask as logits, not what the 3D model said itself.
        Assert.DoesNotContain(_model.Calls[1].Previous!, value => value == 3);
    }

    [Fact]
    public async Task A_step_without_prompts_is_refused_with_what_to_do()
    {
        _test.PutAllBricks();
        await StepAsync(TestSession.Click(8, 6, 3));

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => StepAsync());

        Assert.Contains("at least one new point, box, scribble or lasso", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, _session.Segments[0].Step);
    }

    [Fact]
    public async Task Closing_the_session_gives_all_memory_back()
    {
        _test.PutAllBricks();
        await StepAsync(TestSession.Click(8, 6, 3));
        Assert.True(_test.Budget.Used > BrightVolumeModel.Grid * BrightVolumeModel.Grid * BrightVolumeModel.Grid * sizeof(float));

        _session.Close();

        Assert.Equal(0, _test.Budget.Used);
    }

    public void Dispose() => _test.Dispose();

    private static StepRequest Request(params Prompt[] prompts) => new() { SegmentId = "1", Prompts = prompts };

    private async Task<StepResult> StepAsync(params Prompt[] prompts)
    {
        StepEvent? last = null;
        await foreach (var happened in _session.PredictAsync(Request(prompts), default))
        {
            last = happened;
        }

        return Assert.IsType<StepResult>(last);
    }

    private static ScribblePrompt Scribble(Polarity polarity, Ijk voxel) =>
        new(polarity, new BitBlock(VoxelBox.Of(voxel)) { [voxel] = true });

    private static IEnumerable<Ijk> Interior() => AllOf(new VoxelBox(new Ijk(5, 4, 1), new Ijk(11, 8, 5)));

    private static IEnumerable<Ijk> Exterior() =>
        AllOf(TestSession.Size.Bounds).Where(voxel => voxel.I is < 3 or > 12 || voxel.J is < 2 or > 9);

    private static IEnumerable<Ijk> AllOf(VoxelBox box) =>
        from k in Enumerable.Range(box.Lower.K, box.Size.K)
        from j in Enumerable.Range(box.Lower.J, box.Size.J)
        from i in Enumerable.Range(box.Lower.I, box.Size.I)
        select new Ijk(i, j, k);
}
