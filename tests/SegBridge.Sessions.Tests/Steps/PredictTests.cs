using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class PredictTests : IDisposable
{
    private readonly TestSession _test = new();

    [Fact]
    public async Task A_step_returns_the_changed_box_only()
    {
        _test.PutAllBricks();

        var first = await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        var second = await _test.StepAsync(2, TestSession.Click(15, 12, 2));

        Assert.Equal(new VoxelBox(new Ijk(4, 3, 2), new Ijk(12, 9, 3)), first.Changed.Box);
        Assert.Equal(48, first.Segment.VoxelCount);
        Assert.Equal(48 * 1 * 2 * 5 / 1000.0, first.Segment.VolumeMl, 9);
        Assert.Equal(VoxelBox.Of(new Ijk(15, 12, 2)), second.Changed.Box);
        Assert.Equal((2, 49), (second.Step, second.Segment.VoxelCount));
        Assert.Equal(new Ijk(2, 1, 2), second.Next!.Value.Voxel);
    }

    [Theory]
    [InlineData(Axis.I, 6)]
    [InlineData(Axis.J, 4)]
    [InlineData(Axis.K, 3)]
    public async Task Any_slice_of_the_volume_lands_where_it_belongs(Axis axis, int index)
    {
        _test.PutAllBricks();
        var plane = new SlicePlane(axis, index);

        var events = await _test.PredictAsync(new StepRequest { SegmentId = "1", Slice = plane });

        var changed = ((StepResult)events[^1]).Changed;
        var bright = new VoxelBox(new Ijk(4, 3, 0), new Ijk(12, 9, 6)).Intersect(plane.BoxIn(TestSession.Size));
        Assert.Equal(bright, changed.Box);
        Assert.Equal(bright.VoxelCount, changed.Count);
    }

    [Fact]
    public async Task Earlier_prompts_and_logits_of_the_slice_are_remembered_apart_from_other_slices()
    {
        _test.PutAllBricks();

        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        await _test.StepAsync(3, TestSession.Click(6, 6, 3));
        await _test.StepAsync(2, TestSession.Click(7, 7, 2, Polarity.Negative));

        var last = _test.Model.Calls[^1];
        Assert.Equal([true, false], last.Prompts.Points.Select(point => point.Positive));
        Assert.Equal(1, last.Previous![0]);
        Assert.Null(_test.Model.Calls[1].Previous);
        Assert.Same(_test.Model.Calls[0].Image, last.Image);
    }

    [Fact]
    public async Task Missing_bricks_are_asked_for_nearest_first_and_the_step_goes_on_when_they_come()
    {
        var asked = new List<NeedsBricksEvent>();
        StepResult? result = null;
        await foreach (var happened in _test.Session.PredictAsync(TestSession.Request(2, TestSession.Click(18, 14, 2)), default))
        {
            if (happened is NeedsBricksEvent needs)
            {
                asked.Add(needs);
                foreach (var index in needs.Required)
                {
                    _test.Session.PutBricks([_test.BrickAt(index)]);
                }
            }

            result = happened as StepResult;
        }

        var wanted = Assert.Single(asked);
        Assert.Equal(6, wanted.Required.Count);
        Assert.Equal((2, 1, 1), (wanted.Required[0].I, wanted.Required[0].J, wanted.Required[0].K));
        Assert.All(wanted.Required, index => Assert.Equal(1, index.K));
        Assert.All(wanted.Prefetch, index => Assert.True(index.K is 0 or 2));
        Assert.Equal(1, result!.Step);
        Assert.True(result.Timing.BricksMs > 0);
    }

    [Fact]
    public async Task Bricks_that_never_come_end_the_step_with_what_to_do()
    {
        using var test = new TestSession(new SessionOptions { MaxTotalBytes = 1 << 20, BrickWait = TimeSpan.FromMilliseconds(50) });

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => test.PredictAsync(TestSession.Request(2, TestSession.Click(5, 5, 2))));

        Assert.Contains("send them and predict again", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_prompt_cancels_the_stale_step_and_inherits_its_prompts()
    {
        _test.PutAllBricks();
        var started = new TaskCompletionSource();
        _test.Model.Hold = async cancellation =>
        {
            if (started.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };

        var stale = _test.PredictAsync(TestSession.Request(2, TestSession.Click(15, 12, 2)));
        await started.Task;
        var newer = await _test.StepAsync(2, TestSession.Click(16, 13, 2));

        await Assert.ThrowsAsync<SupersededException>(() => stale);
        Assert.Equal(1, newer.Step);
        Assert.Equal(50, newer.Segment.VoxelCount);
    }

    [Fact]
    public async Task A_step_that_the_client_cancels_leaves_nothing_behind()
    {
        _test.PutAllBricks();
        using var cancel = new CancellationTokenSource();
        _test.Model.Hold = async cancellation =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _test.PredictAsync(TestSession.Request(2, TestSession.Click(15, 12, 2)), cancel.Token));
        _test.Model.Hold = _ => Task.CompletedTask;
        var next = await _test.StepAsync(2, TestSession.Click(5, 5, 2));

        Assert.Equal((1, 48), (next.Step, next.Segment.VoxelCount));
    }

    [Fact]
    public async Task A_request_sent_twice_is_done_once()
    {
        _test.PutAllBricks();
        var request = TestSession.Request(2, TestSession.Click(15, 12, 2)) with { RequestId = "a" };

        var first = (StepResult)(await _test.PredictAsync(request))[^1];
        var again = (StepResult)(await _test.PredictAsync(request))[^1];

        Assert.Equal(first.Step, again.Step);
        Assert.Equal(first.Changed.Bits.ToArray(), again.Changed.Bits.ToArray());
        Assert.Single(_test.Model.Calls);
    }

    [Fact]
    public async Task Prompts_off_the_slice_are_refused_with_both_positions()
    {
        _test.PutAllBricks();

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(
            () => _test.PredictAsync(TestSession.Request(2, TestSession.Click(5, 5, 4))));

        Assert.Contains("K = 4", refused.Message, StringComparison.Ordinal);
        Assert.Contains("K = 2", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, 5, 2)]
    [InlineData(-1, 5, 2)]
    [InlineData(5, 15.6, 2)]
    public async Task Points_outside_the_volume_are_refused(double i, double j, double k) =>
        await Assert.ThrowsAsync<InvalidRequestException>(() => _test.PredictAsync(TestSession.Request(2, TestSession.Click(i, j, k))));

    [Fact]
    public async Task The_users_own_mask_needs_no_model_and_starts_the_next_prediction()
    {
        _test.PutAllBricks();
        var box = new VoxelBox(new Ijk(0, 0, 1), new Ijk(3, 2, 3));
        var mask = BitBlock.FromPacked(box, Enumerable.Repeat((byte)0b111, 4).ToArray());

        var own = await _test.StepAsync(2, new MaskPrompt(mask));
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));

        Assert.Equal((box, 12L), (own.Changed.Box, own.Changed.Count));
        Assert.Equal(-6, Assert.Single(_test.Model.Calls).Previous![0]);
    }

    [Fact]
    public async Task Segments_leave_each_other_alone_unless_they_may_overlap()
    {
        _test.PutAllBricks();
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));

        var apart = (StepResult)(await _test.PredictAsync(TestSession.Request(2) with { SegmentId = "2" }))[^1];
        _test.Session.PutSegment(new Sessions.Segments.SegmentSettings("3", "over", 0xFF0000, "", AllowOverlap: true, Locked: false));
        var over = (StepResult)(await _test.PredictAsync(TestSession.Request(2) with { SegmentId = "3" }))[^1];

        Assert.Equal(0, apart.Segment.VoxelCount);
        Assert.Equal(48, over.Segment.VoxelCount);
    }

    public void Dispose() => _test.Dispose();
}
