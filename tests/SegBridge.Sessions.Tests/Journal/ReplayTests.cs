using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Journal;

public sealed class ReplayTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_session_killed_after_any_act_comes_back_as_it_was(int seed)
    {
        var chance = new Random(seed);
        var live = _folder.Open();
        live.PutAllBricks();
        var kills = new List<(byte[] Journal, string State)>();
        for (var act = 0; act < 30; act++)
        {
            await DoSomethingAsync(live, chance);
            kills.Add((_folder.Copy(), StateOf(live)));
        }

        live.Dispose();
        File.Delete(_folder.File);
        foreach (var (journal, state) in kills)
        {
            var resumed = await _folder.ResumeWhollyAsync(journal);

            Assert.Equal(state, StateOf(resumed));
            Assert.Equal(string.Empty, resumed.Session.ToResumed().Lost);
            // What follows is recorded like before.
            var more = new Random(seed);
            await DoSomethingAsync(resumed, more);
            var (again, stateThen) = (_folder.Copy(), StateOf(resumed));
            resumed.Dispose();
            File.Delete(_folder.File);
            var twice = await _folder.ResumeWhollyAsync(again);
            Assert.Equal(stateThen, StateOf(twice));
            twice.Dispose();
            File.Delete(_folder.File);
        }
    }

    [Fact]
    public async Task The_model_sees_the_same_prompts_and_logits_as_before()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        await live.StepAsync(2, TestSession.Click(5, 5, 2));
        await live.StepAsync(2, TestSession.Click(7, 7, 2, Polarity.Negative));
        await live.StepAsync(3, TestSession.Click(6, 6, 3));
        await live.StepAsync(2, TestSession.Click(15, 12, 2));

        var resumed = await ResumeAfterKillAsync(live);

        Assert.Equal(CallsOf(live), CallsOf(resumed));
    }

    [Fact]
    public async Task Only_bricks_that_steps_read_are_needed_and_nothing_else_works_before_they_are_there()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        await live.StepAsync(0, TestSession.Click(1, 1, 0));
        await live.StepAsync(5, TestSession.Click(18, 14, 5));
        var state = StateOf(live);
        var (resumed, replay) = _folder.Resume(Kill(live));

        var needed = await replay.ContinueAsync(default);

        Assert.Equal(12, needed.Count);
        Assert.Equal((2, 1, 2), (needed[0].I, needed[0].J, needed[0].K));
        Assert.DoesNotContain(needed, brick => brick.K == 1);
        Assert.False(replay.IsDone);
        var segment = Assert.Single(replay.Preview);
        Assert.Equal(("1", 2, 2, 0L), (segment.Id, segment.Step, segment.UndoSteps, segment.VoxelCount));
        foreach (var brick in needed)
        {
            Assert.NotEmpty(await replay.ContinueAsync(default));
            resumed.Session.PutBricks([resumed.BrickAt(brick)]);
        }

        Assert.Empty(await replay.ContinueAsync(default));
        Assert.Equal(state, StateOf(resumed));
    }

    [Fact]
    public async Task Undone_steps_can_be_redone_and_a_repeated_request_is_not_done_twice()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        var request = TestSession.Request(2, TestSession.Click(15, 12, 2)) with { RequestId = "a" };
        var first = (StepResult)(await live.PredictAsync(request))[^1];
        var second = await live.StepAsync(3, TestSession.Click(6, 6, 3));
        live.Session.Undo("1");

        var resumed = await ResumeAfterKillAsync(live);

        var calls = resumed.Model.Calls.Count;
        var again = (StepResult)(await resumed.PredictAsync(request))[^1];
        Assert.Equal((calls, first.Step), (resumed.Model.Calls.Count, again.Step));
        Assert.Equal(first.Changed.Bits.ToArray(), again.Changed.Bits.ToArray());
        Assert.Equal(second.Segment.VoxelCount, resumed.Session.Redo("1").Segment.VoxelCount);
    }

    [Fact]
    public async Task Prompts_of_a_step_that_was_killed_are_part_of_the_next_one()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        var journal = Array.Empty<byte>();
        var started = new TaskCompletionSource();
        live.Model.Hold = async cancellation =>
        {
            if (started.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            journal = _folder.Copy();
        };
        var stale = live.PredictAsync(TestSession.Request(2, TestSession.Click(15, 12, 2)) with { RequestId = "a" });
        await started.Task;
        await live.StepAsync(2, TestSession.Click(16, 13, 2));
        await Assert.ThrowsAsync<SupersededException>(() => stale);
        Kill(live);

        var resumed = await _folder.ResumeWhollyAsync(journal);
        var waiting = Assert.Single(resumed.Session.ToResumed().Waiting);
        await resumed.StepAsync(2);

        Assert.Equal(("1", new SlicePlane(Axis.K, 2), 2), (waiting.SegmentId, waiting.Slice!.Value, waiting.Prompts));
        Assert.Equal(["a"], waiting.RequestIds);
        Assert.Equal(50, Assert.Single(resumed.Session.Segments).VoxelCount);
        Assert.Empty(resumed.Session.ToResumed().Waiting);
    }

    [Fact]
    public async Task Prompts_that_the_client_withdrew_do_not_come_back()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        using var cancel = new CancellationTokenSource();
        live.Model.Hold = async cancellation =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => live.PredictAsync(TestSession.Request(2, TestSession.Click(15, 12, 2)), cancel.Token));

        var resumed = await ResumeAfterKillAsync(live);

        Assert.Empty(resumed.Session.ToResumed().Waiting);
    }

    [Fact]
    public async Task A_session_that_ends_in_the_middle_of_a_step_keeps_its_prompts()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        var started = new TaskCompletionSource();
        live.Model.Hold = cancellation =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        };
        var step = live.PredictAsync(TestSession.Request(2, TestSession.Click(15, 12, 2)));
        await started.Task;
        live.Session.Close();
        await Assert.ThrowsAsync<WrongStateException>(() => step);

        var resumed = await ResumeAfterKillAsync(live);

        Assert.Equal(1, Assert.Single(resumed.Session.ToResumed().Waiting).Prompts);
    }

    [Fact]
    public async Task A_step_is_predicted_anew_when_its_segment_moved_meanwhile()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        await live.StepAsync(2, TestSession.Click(5, 5, 2));
        await live.StepAsync(2, TestSession.Click(15, 12, 2));
        var undone = false;
        live.Model.Hold = _ =>
        {
            if (!undone)
            {
                undone = true;
                live.Session.Undo("1");
            }

            return Task.CompletedTask;
        };

        var last = await live.StepAsync(2, TestSession.Click(6, 5, 2, Polarity.Negative));

        Assert.Equal((2, 0, 47L), (last.Step, last.Segment.RedoSteps, last.Segment.VoxelCount));
        Assert.Equal([true, false], live.Model.Calls[^1].Prompts.Points.Select(point => point.Positive));
        var state = StateOf(live);
        Assert.Equal(state, StateOf(await ResumeAfterKillAsync(live)));
    }

    [Fact]
    public async Task Other_voxels_than_before_are_told_and_so_is_damage_even_later()
    {
        var live = _folder.Open();
        live.PutAllBricks();
        await live.StepAsync(2, TestSession.Click(5, 5, 2));
        await live.StepAsync(2, TestSession.Click(6, 5, 2));
        var journal = Kill(live);

        var different = await _folder.ResumeWhollyAsync(journal, inverted: true);
        Assert.Contains("step 1 of segment 1 came out differently", different.Session.ToResumed().Lost, StringComparison.Ordinal);
        Assert.Contains("other voxels", different.Session.ToResumed().Lost, StringComparison.Ordinal);
        Kill(different);
        var replaced = await _folder.ResumeWhollyAsync(journal, inverted: true, version: "2.0.0");
        Assert.Contains("another version of the model brightness", replaced.Session.ToResumed().Lost, StringComparison.Ordinal);
        Kill(replaced);

        var damaged = await _folder.ResumeWhollyAsync(journal[..^9]);
        Assert.Contains("1 of its entries", damaged.Session.ToResumed().Lost, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(damaged.Session.Segments).Step);
        Assert.Equal(1, Assert.Single(damaged.Session.ToResumed().Waiting).Prompts);
        var later = await ResumeAfterKillAsync(damaged);
        Assert.Contains("1 of its entries", later.Session.ToResumed().Lost, StringComparison.Ordinal);
    }

    private async Task<TestSession> ResumeAfterKillAsync(TestSession live) => await _folder.ResumeWhollyAsync(Kill(live));

    private byte[] Kill(TestSession live)
    {
        var journal = _folder.Copy();
        live.Dispose();
        File.Delete(_folder.File);
        return journal;
    }

    private static List<(float?, int)> CallsOf(TestSession session) =>
        [.. session.Model.Calls.Select(call => (call.Previous?[0], call.Prompts.Points.Count))];

    private static string StateOf(TestSession test) => string.Join('\n', test.Session.Segments.Select(segment =>
    {
        var mask = test.Session.GetMask(segment.Id, TestSession.Size.Bounds);
        return $"{segment} {Convert.ToHexString(mask.Bits)}";
    }));

    private static async Task DoSomethingAsync(TestSession test, Random chance)
    {
        var id = chance.Next(2) == 0 ? "1" : "2";
        var at = TestSession.Click(chance.Next(20), chance.Next(16), chance.Next(6), chance.Next(3) == 0 ? Polarity.Negative : Polarity.Positive);
        var slice = (int)at.At.K;
        var corner = new Ijk(chance.Next(15), chance.Next(12), slice);
        try
        {
            switch (chance.Next(21))
            {
                case < 4:
                    await test.PredictAsync(TestSession.Request(slice, at) with { SegmentId = id });
                    break;
                case < 6:
                    await test.PredictAsync(TestSession.Request(slice, at) with { SegmentId = id, ModelId = BrightVolumeModel.Id, Slice = null });
                    break;
                case 6:
                    var block = new BitBlock(VoxelBox.At(corner, new VolumeSize(4, 3, 1)));
                    block[corner] = true;
                    await test.PredictAsync(TestSession.Request(slice, new MaskPrompt(block), at) with { SegmentId = id });
                    break;
                case 7:
                    test.Session.PutSegment(new SegmentSettings(id, "name", 0xFF, "", chance.Next(2) == 0, chance.Next(4) == 0));
                    break;
                case 8 or 9:
                    test.Session.Undo(id);
                    break;
                case 10:
                    test.Session.Redo(id);
                    break;
                case 11:
                    test.Session.GoToStep(id, chance.Next(4));
                    break;
                case 12:
                    test.Session.Reset(id);
                    break;
                case 13 or 14 or 15:
                    var step = test.Session.Segments.FirstOrDefault(segment => segment.Id == id)?.Step ?? 0;
                    await test.Session.ChooseCandidateAsync(id, step, chance.Next(3), null, default);
                    break;
                case 16 or 17:
                    await foreach (var _ in test.Session.PropagateAsync(
                        new PropagationRequest { SegmentId = id, First = chance.Next(3), Last = 3 + chance.Next(3) }, default))
                    {
                    }

                    break;
                case 18:
                    test.Session.Accept(id, [new SlicePlane(Axis.K, slice)], chance.Next(3) > 0);
                    break;
                case 19:
                    var tilted = new ObliquePlane(
                        new LpsPoint(0, 2, slice * 5), new LpsVector(0.8, 0, 0.6), new LpsVector(0, 1, 0), 1, 2, 18, 14);
                    var on = test.Session.Volume.Geometry.ToVoxel(tilted.Origin + (tilted.ColumnAxis * 3) + (tilted.RowAxis * 4));
                    await test.PredictAsync(
                        TestSession.Request(slice, new PointPrompt(at.Polarity, on)) with { SegmentId = id, Slice = null, Oblique = tilted });
                    break;
                default:
                    test.Session.RemoveSegment(id);
                    break;
            }
        }
        catch (Exception refused) when (refused is WrongStateException or InvalidRequestException or SegmentNotFoundException)
        {
            // Nothing to undo, a locked segment: refusals are part of a session's life.
        }
    }
}
