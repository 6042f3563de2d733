using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Bricks;

public sealed class SharedVolumeTests
{
    private static readonly string Content = new('a', 64);

    private readonly SessionOptions _options = new() { MaxTotalBytes = 1 << 20 };
    private readonly ServerMemory _memory;

    public SharedVolumeTests() => _memory = new ServerMemory(_options);

    [Fact]
    public async Task A_session_on_the_same_content_asks_for_no_brick_that_is_there()
    {
        using var first = Open();
        first.PutAllBricks();
        var held = _memory.Budget.Held;

        using var second = Open();
        var events = await second.PredictAsync(TestSession.Request(2, TestSession.Click(5, 5, 2)));

        Assert.DoesNotContain(events, happened => happened is NeedsBricksEvent);
        Assert.Equal(48, ((StepResult)events[^1]).Segment.VoxelCount);
        Assert.Equal(held, _memory.Budget.Held - (second.State.Segments.Sum(segment => segment.BytesHeld)));
    }

    [Fact]
    public async Task Bricks_that_one_session_sends_wake_the_step_of_another()
    {
        using var first = Open();
        using var second = Open();
        var waiting = false;
        await foreach (var happened in second.Session.PredictAsync(TestSession.Request(2, TestSession.Click(5, 5, 2)), default))
        {
            if (happened is NeedsBricksEvent needs)
            {
                waiting = true;
                first.Session.PutBricks([.. needs.Required.Select(index => first.BrickAt(index))]);
            }
        }

        Assert.True(waiting);
        Assert.Single(second.Session.Segments);
    }

    [Fact]
    public async Task Closing_one_session_leaves_the_other_intact_and_the_last_one_frees_all()
    {
        using var first = Open();
        using var second = Open();
        first.PutAllBricks();
        await second.StepAsync(2, TestSession.Click(5, 5, 2));

        first.Session.Close();
        first.Session.Close();

        Assert.Equal(2, (await second.StepAsync(2, TestSession.Click(15, 12, 2))).Step);
        second.Session.Close();
        Assert.Equal((0, 0), (_memory.Budget.Held, _memory.Budget.Cached));
        using var third = Open();
        Assert.Equal(0, third.State.Inbox.Store.BrickCount);
    }

    [Fact]
    public async Task Image_features_are_computed_once_for_all_sessions_on_the_content()
    {
        var model = new BrightVolumeModel();
        using var first = Open();
        using var second = Open();
        first.PutAllBricks();
        foreach (var test in new[] { first, second })
        {
            var session = new Session(test.State, BrightVolumeModel.Id, _ => new SessionModel.OnVolume(model));
            await foreach (var happened in session.PredictAsync(
                new StepRequest { SegmentId = "1", Prompts = [TestSession.Click(8, 6, 3)] }, default))
            {
                Assert.IsNotType<NeedsBricksEvent>(happened);
            }
        }

        Assert.Equal(1, model.Encoded);
        await first.StepAsync(2, TestSession.Click(5, 5, 2));
        await second.StepAsync(2, TestSession.Click(5, 5, 2));
        Assert.Same(first.Model.Calls[0].Image, second.Model.Calls[0].Image);
    }

    [Fact]
    public void A_brick_that_differs_from_the_one_there_is_refused_and_changes_nothing()
    {
        using var first = Open();
        using var second = Open();
        first.Session.PutBricks([first.BrickAt(default)]);
        var same = second.Session.PutBricks([second.BrickAt(default)]);
        var other = second.BrickAt(new BrickIndex(1, 0, 0)) with { Index = default };

        var refused = Assert.Throws<InvalidRequestException>(() => second.Session.PutBricks([second.BrickAt(new BrickIndex(1, 0, 0)), other]));

        Assert.Contains("content_sha256", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (same.Held, first.State.Inbox.Store.BrickCount));
        Assert.Equal(0, first.State.Inbox.Replacements);
    }

    [Fact]
    public void Nothing_is_shared_with_other_callers_other_contents_or_without_a_hash()
    {
        using var first = Open();
        first.PutAllBricks();

        using var stranger = new TestSession(_options, memory: _memory, content: Content, caller: "someone else");
        using var content = new TestSession(_options, memory: _memory, content: new string('b', 64));
        using var unnamed = new TestSession(_options, memory: _memory);
        using var unnamedToo = new TestSession(_options, memory: _memory);
        unnamed.PutAllBricks();

        Assert.All([stranger, content, unnamedToo], test => Assert.Equal(0, test.State.Inbox.Store.BrickCount));
    }

    [Fact]
    public void Whatever_tells_the_voxels_apart_keeps_volumes_apart()
    {
        var volume = new VolumeDescription(
            VolumeGeometry.AxisAligned(TestSession.Size, new Spacing(1, 2, 5)), VoxelType.UInt8, Rescale.Identity, TestSession.Brick)
        {
            ContentSha256 = Content,
        };
        var open = _memory.Volumes.Open(volume, "");

        Assert.Same(open, _memory.Volumes.Open(volume with { DisplayWindow = new(0, 1) }, ""));
        Assert.All(
            [
                volume with { Geometry = VolumeGeometry.AxisAligned(TestSession.Size, new Spacing(1, 2, 4)) },
                volume with { VoxelType = VoxelType.Int8 },
                volume with { Rescale = new Rescale(2, 0) },
                volume with { BrickSize = new VolumeSize(8, 8, 8) },
            ],
            other => Assert.NotSame(open, _memory.Volumes.Open(other, "")));
    }

    private TestSession Open() => new(_options, memory: _memory, content: Content);
}
