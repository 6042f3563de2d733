using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks.Context;
using SegBridge.Sessions.Tests.Journal;

namespace SegBridge.Sessions.Tests.Tasks;

/// <summary>Propagations whose model learns from a task besides the finished slices.</summary>
public sealed class ContextPropagationTests : IDisposable
{
    private readonly TestTasks _tasks = new();
    private readonly JournalFolder _folder = new();
    private readonly List<IDisposable> _open = [];

    [Fact]
    public async Task A_slice_is_filled_from_the_finished_one_and_the_examples_of_the_task()
    {
        var (test, model) = await OpenAsync();
        var (task, examples) = _tasks.Make(3);

        var filled = await PropagateAsync(test, task);

        Assert.Equal([2, 3], filled);
        Assert.All(model.Contexts.TakeLast(2), context => Assert.Equal(1 + 3, context.Count));
        Assert.Equal(examples, test.State.GetSegment("1").Current!.ExampleIds);
        await PropagateAsync(test, null);
        Assert.Equal(1, model.Contexts[^1].Count);
    }

    [Fact]
    public async Task The_examples_make_up_for_finished_slices_that_are_missing()
    {
        var (test, model) = await OpenAsync(least: 3);
        await PropagateAsync(test, null);
        Assert.Equal(0, model.Contexts[^1].Count);

        await PropagateAsync(test, _tasks.Make(1).Task);
        Assert.Equal(0, model.Contexts[^1].Count);
        await PropagateAsync(test, _tasks.Make(2).Task);
        Assert.Equal(3, model.Contexts[^1].Count);
    }

    [Fact]
    public async Task Examples_added_later_leave_filled_slices_and_another_task_makes_them_again()
    {
        var (test, _) = await OpenAsync();
        var task = _tasks.Make(2).Task;
        await PropagateAsync(test, task);

        _tasks.Add(task, 1);

        Assert.Empty(await PropagateAsync(test, task));
        var again = await PropagateAsync(test, _tasks.Make(1).Task);
        Assert.Equal([2, 3], again);
    }

    [Fact]
    public async Task After_a_kill_the_same_examples_make_the_same_masks_and_what_was_done_is_told_again()
    {
        var (live, known) = await OpenAsync();
        var task = _tasks.Make(20).Task;
        var request = Request(task) with { RequestId = "p" };
        var results = await live.Session.PropagateAsync(request, default).OfType<StepResult>().ToListAsync();
        var journal = Kill(live, out var mask, out var examples);
        _tasks.Add(task, 20);

        var (resumed, model) = await ResumeAsync(journal);

        Assert.Equal(string.Empty, resumed.Session.ToResumed().Lost);
        Assert.Equal(mask, Mask(resumed));
        // 8 examples at first, then all, for they take no time.
        Assert.Equal([1 + 8, 1 + 20], known.Contexts.Select(context => context.Count));
        Assert.Equal([1 + 8, 1 + 20], model.Contexts.Select(context => context.Count));
        Assert.Equal(examples, resumed.State.GetSegment("1").Current!.ExampleIds);
        var calls = model.Contexts.Count;
        var again = await resumed.Session.PropagateAsync(request, default).ToListAsync();
        Assert.Equal(
            results.Select(result => (result.Slice, result.Step, result.Changed.Box)),
            again.OfType<StepResult>().Select(result => (result.Slice, result.Step, result.Changed.Box)));
        Assert.Equal(1, Assert.IsType<ProgressEvent>(again[^1]).Fraction);
        Assert.Equal(calls, model.Contexts.Count);
    }

    [Fact]
    public async Task After_a_kill_examples_that_are_gone_are_done_without_and_that_is_told()
    {
        var (live, _) = await OpenAsync();
        var (task, examples) = _tasks.Make(2);
        await PropagateAsync(live, task);
        var journal = Kill(live, out _, out _);
        _tasks.Store.RemoveExample(task, examples[0], TestTasks.Anna);

        var (resumed, model) = await ResumeAsync(journal);

        Assert.Contains("without its examples", resumed.Session.ToResumed().Lost, StringComparison.Ordinal);
        Assert.Equal(1, model.Contexts[^1].Count);
        Assert.Equal(2, resumed.Session.Segments[0].Step);
    }

    [Fact]
    public async Task A_task_that_cannot_be_used_is_refused()
    {
        var (test, _) = await OpenAsync();
        await Assert.ThrowsAsync<TaskNotFoundException>(() => PropagateAsync(test, "0123456789abcdef0123456789abcdef"));
        using var plain = new TestSession(contexts: new TaskContexts(_tasks.Store, _tasks.Options));
        plain.PutAllBricks();
        await plain.StepAsync(1, TestSession.Click(5, 5, 1));
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => PropagateAsync(plain, _tasks.Make(1).Task));
        Assert.Contains("takes no examples", refused.Message, StringComparison.Ordinal);
        using var off = new TestSession(model: new ContextModel());
        off.PutAllBricks();
        await off.StepAsync(1, TestSession.Click(5, 5, 1));
        await Assert.ThrowsAsync<TasksOffException>(() => PropagateAsync(off, _tasks.Make(1).Task));
    }

    public void Dispose()
    {
        _open.ForEach(test => test.Dispose());
        _folder.Dispose();
        _tasks.Dispose();
    }

    // The user drew slice 1.
    private async Task<(TestSession Test, ContextModel Model)> OpenAsync(int least = 1)
    {
        var (test, model) = Make(_folder.Store.Create(TestSession.Id, JournalFolder.Opened), least);
        test.PutAllBricks();
        var box = new VoxelBox(new Ijk(5, 4, 1), new Ijk(15, 12, 2));
        await test.StepAsync(1, new MaskPrompt(BitBlock.FromVoxels(box, [.. Enumerable.Repeat((byte)1, (int)box.VoxelCount)])));
        return (test, model);
    }

    private (TestSession Test, ContextModel Model) Make(SessionJournal journal, int least)
    {
        var model = new ContextModel();
        model = new ContextModel { Manifest = model.Manifest with { LeastContext = least } };
        var test = new TestSession(journal: journal, model: model, contexts: new TaskContexts(_tasks.Store, _tasks.Options));
        _open.Add(test);
        return (test, model);
    }

    private byte[] Kill(TestSession live, out byte[] mask, out IReadOnlyList<string> examples)
    {
        (mask, examples) = (Mask(live), live.State.GetSegment("1").Current!.ExampleIds);
        var journal = _folder.Copy();
        live.Dispose();
        File.Delete(_folder.File);
        return journal;
    }

    private async Task<(TestSession Test, ContextModel Model)> ResumeAsync(byte[] journal)
    {
        _folder.LeaveBehind(journal);
        var (file, text) = _folder.Store.Find(TestSession.Id)!.Value;
        var continued = _folder.Store.Continue(TestSession.Id, file);
        var (test, model) = Make(continued, least: 1);
        var replay = new Replay(test.Session, test.State, continued, text, NullLogger.Instance);
        test.Session.Replay = replay;
        test.PutAllBricks();
        Assert.Empty(await replay.ContinueAsync(default));
        return (test, model);
    }

    private static byte[] Mask(TestSession test) => test.Session.GetMask("1", TestSession.Size.Bounds).Bits.ToArray();

    private static PropagationRequest Request(string? task) => new() { SegmentId = "1", First = 1, Last = 3, TaskId = task };

    private static async Task<int[]> PropagateAsync(TestSession test, string? task) =>
        [.. await test.Session.PropagateAsync(Request(task), default).OfType<StepResult>().Select(result => result.Slice!.Value.Index).ToListAsync()];
}
