using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Tests.Segments;

public sealed class HistoryTests : IDisposable
{
    private readonly TestSession _test = new();

    [Fact]
    public async Task Undo_and_redo_bring_masks_and_memory_of_the_slice_back()
    {
        _test.PutAllBricks();
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        var after1 = MaskNow();
        await _test.StepAsync(2, TestSession.Click(15, 12, 2));
        var after2 = MaskNow();

        var undone = _test.Session.Undo("1");
        Assert.Equal(after1, MaskNow());
        Assert.Equal((1, 1, 1), (undone.Segment.Step, undone.Segment.UndoSteps, undone.Segment.RedoSteps));
        Assert.Equal(VoxelBox.Of(new Ijk(15, 12, 2)), undone.Changed.Box);
        Assert.Equal(0, undone.Changed.Count);

        var redone = _test.Session.Redo("1");
        Assert.Equal(after2, MaskNow());
        Assert.Equal((2, 0), (redone.Segment.Step, redone.Segment.RedoSteps));

        _test.Session.Undo("1");
        await _test.StepAsync(2, TestSession.Click(16, 13, 2));
        Assert.Equal(2, _test.Model.Calls[^1].Prompts.Points.Count);
        Assert.Throws<WrongStateException>(() => _test.Session.Redo("1"));
    }

    [Fact]
    public async Task Any_walk_through_the_history_meets_the_masks_of_its_steps()
    {
        _test.PutAllBricks();
        var masks = new List<string> { await EmptySegmentAsync() };
        for (var n = 0; n < 8; n++)
        {
            await _test.StepAsync(n % 6, TestSession.Click(n, n, n % 6));
            masks.Add(MaskNow());
        }

        Prop.ForAll(Gen.Choose(0, 8).ListOf(12).ToArbitrary(), walk =>
        {
            foreach (var step in walk)
            {
                _test.Session.GoToStep("1", step);
                Assert.Equal(masks[step], MaskNow());
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Many_3D_steps_hold_the_logits_of_the_newest_few_and_little_of_the_others()
    {
        _test.PutAllBricks();
        var request = TestSession.Request(3) with { ModelId = BrightVolumeModel.Id, Slice = null };
        var before = _test.Budget.Held;
        for (var n = 0; n < 20; n++)
        {
            await _test.PredictAsync(request with { Prompts = [TestSession.Click(8 + (n % 4), 6, 3)] });
        }

        Assert.InRange(_test.Budget.Held - before, 4 * 16 * 16 * 16 * sizeof(float), 5 * 16 * 16 * 16 * sizeof(float));
        _test.Session.Reset("1");
        Assert.Equal(before, _test.Budget.Held);
    }

    [Fact]
    public async Task There_is_nothing_to_undo_before_the_first_step()
    {
        await EmptySegmentAsync();
        Assert.Throws<WrongStateException>(() => _test.Session.Undo("1"));
        Assert.Throws<SegmentNotFoundException>(() => _test.Session.Undo("2"));
        Assert.Throws<InvalidRequestException>(() => _test.Session.GoToStep("1", 1));
    }

    [Fact]
    public async Task Reset_empties_a_segment_and_keeps_its_name()
    {
        _test.PutAllBricks();
        _test.Session.PutSegment(Settings("1", locked: false));
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));

        var reset = _test.Session.Reset("1");

        Assert.Equal((0, 0L, "lesion"), (reset.Segment.Step, reset.Segment.VoxelCount, reset.Segment.Name));
        Assert.Equal(new VoxelBox(new Ijk(4, 3, 2), new Ijk(12, 9, 3)), reset.Changed.Box);
        Assert.Throws<WrongStateException>(() => _test.Session.Undo("1"));
    }

    [Fact]
    public async Task A_segment_that_gets_a_name_keeps_its_colour_and_a_new_one_is_not_black()
    {
        _test.PutAllBricks();
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        var color = _test.Session.Segments[0].Color;

        Assert.Equal(color, _test.Session.PutSegment(Settings("1", locked: false) with { Color = 0 }).Color);
        var second = _test.Session.PutSegment(Settings("2", locked: false) with { Color = 0 }).Color;
        Assert.True(color != 0 && second != 0 && second != color);
    }

    [Fact]
    public async Task Memory_is_counted_through_undo_reset_and_removal_and_all_given_back()
    {
        _test.PutAllBricks();
        var bricks = _test.Budget.Held;
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        await _test.StepAsync(3, TestSession.Click(5, 5, 3));
        var two = _test.Budget.Held;
        _test.Session.Undo("1");
        Assert.InRange(_test.Budget.Held, bricks + 1, two - 1);
        _test.Session.Redo("1");
        Assert.Equal(two, _test.Budget.Held);

        _test.Session.GoToStep("1", 0);
        _test.Session.Reset("1");
        Assert.Equal(bricks, _test.Budget.Held);

        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        _test.Session.Undo("1");
        _test.Session.RemoveSegment("1");
        Assert.Equal(bricks, _test.Budget.Held);

        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        _test.Session.Undo("1");
        _test.Session.Close();
        Assert.Equal(0, _test.Budget.Used);
    }

    [Fact]
    public async Task A_locked_segment_takes_no_steps()
    {
        _test.PutAllBricks();
        _test.Session.PutSegment(Settings("1", locked: true));

        await Assert.ThrowsAsync<WrongStateException>(() => _test.StepAsync(2, TestSession.Click(5, 5, 2)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("Ä")]
    public void Segment_ids_are_plain(string id) =>
        Assert.Throws<InvalidRequestException>(() => _test.Session.PutSegment(Settings(id, locked: false)));

    public void Dispose() => _test.Dispose();

    private static SegmentSettings Settings(string id, bool locked) => new(id, "lesion", 0xFF0000, "", AllowOverlap: false, locked);

    private Task<string> EmptySegmentAsync()
    {
        _test.Session.PutSegment(Settings("1", locked: false));
        return Task.FromResult(MaskNow());
    }

    private string MaskNow() => Convert.ToHexString(_test.Session.GetMask("1", TestSession.Size.Bounds).Bits);
}
