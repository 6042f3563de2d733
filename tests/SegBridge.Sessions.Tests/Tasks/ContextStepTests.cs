using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Tests.Tasks;

public sealed class ContextStepTests : IDisposable
{
    private readonly TestTasks _tasks = new();
    private readonly ContextModel _model = new();
    private readonly TestSession _test;
    private int _steps;

    public ContextStepTests()
    {
        _test = new TestSession(model: _model, contexts: new TaskContexts(_tasks.Store, _tasks.Options));
        _test.PutAllBricks();
    }

    [Fact]
    public async Task A_finished_slice_helps_the_next_one_without_a_prompt()
    {
        var drawn = new VoxelBox(new Ijk(5, 4, 1), new Ijk(15, 12, 2));
        var task = _tasks.Make(0).Task;
        await _test.StepAsync(1, new MaskPrompt(BitBlock.FromVoxels(drawn, Enumerable.Repeat((byte)1, (int)drawn.VoxelCount).ToArray())));
        _tasks.Store.Add(task, [_test.Session.PictureOf("1", new SlicePlane(Axis.K, 1))], TestTasks.Anna, default);

        var result = await ContextStepAsync(task, 2);

        Assert.Equal(new VoxelBox(drawn.Lower with { K = 2 }, drawn.Upper with { K = 3 }), result.Changed.Box);
        Assert.Equal(_tasks.Store.ExamplesOf(task), LastExamples());
    }

    [Fact]
    public async Task An_empty_task_leaves_the_step_as_it_is_without_one()
    {
        var result = await ContextStepAsync(_tasks.Make(0).Task, 2, TestSession.Click(3, 3, 2));
        Assert.Equal(1, result.Changed.Count);
        Assert.Equal(0, _model.Contexts[^1].Count);
        Assert.Empty(LastExamples());
    }

    [Fact]
    public async Task Examples_are_made_ready_once_and_laid_out_once()
    {
        var task = _tasks.Make(5).Task;
        await ContextStepAsync(task, 2);
        await ContextStepAsync(task, 3);
        Assert.Same(_model.Contexts[0], _model.Contexts[1]);
        Assert.Equal(5, _model.ExamplesMade);
        _tasks.Add(task, 1);
        await ContextStepAsync(task, 3);
        Assert.Equal((6, 6), (_model.Contexts[2].Count, _model.ExamplesMade));
    }

    [Fact]
    public async Task As_many_examples_are_used_as_fit_the_time_of_a_step()
    {
        var task = _tasks.Make(40).Task;
        _model.MsOf = examples => (examples + 1) * 50;
        for (var n = 0; n < 4; n++)
        {
            await ContextStepAsync(task, 2);
        }

        _model.MsOf = examples => (examples + 1) * 1;
        for (var n = 0; n < 4; n++)
        {
            await ContextStepAsync(task, 2);
        }

        // A second: 8 at first, 16 of 50 ms each, then all 40.
        Assert.Equal([8, 16, 16, 16, 16, 16, 16, 40], _model.Contexts.Select(context => context.Count));
    }

    [Fact]
    public async Task A_step_done_again_with_its_examples_gives_its_mask_whatever_the_task_became()
    {
        var (task, _) = _tasks.Make(20);
        var first = await ContextStepAsync(task, 2);
        var used = LastExamples();
        Assert.Equal(8, used.Count);
        _tasks.Add(task, 20);
        _model.MsOf = _ => 0.1;
        await ContextStepAsync(task, 3);

        _test.Session.Reset("1");
        var again = await ContextStepAsync(task, 2, used);

        Assert.Equal(first.Changed.Box, again.Changed.Box);
        Assert.Equal(first.Changed.Bits.ToArray(), again.Changed.Bits.ToArray());
        Assert.Equal(used, LastExamples());

        using var elsewhere = new TestSession(model: _model, contexts: new TaskContexts(_tasks.Store, _tasks.Options));
        elsewhere.PutAllBricks();
        _tasks.Store.RemoveExample(task, used[0], TestTasks.Anna);
        var gone = await Assert.ThrowsAsync<WrongStateException>(() => elsewhere.PredictAsync(Request(task, 2) with { ExampleIds = used }));
        Assert.Contains("1 of the 8 examples", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_example_is_passed_over()
    {
        var (task, examples) = _tasks.Make(3);
        var file = Path.Combine(_tasks.Folder, task, examples[1], "image.png");
        var bytes = File.ReadAllBytes(file);
        bytes[^20] ^= 1;
        File.WriteAllBytes(file, bytes);

        await ContextStepAsync(task, 2);

        Assert.Equal([examples[0], examples[2]], LastExamples());
        Assert.Equal(2, _model.Contexts[^1].Count);
    }

    [Fact]
    public async Task A_task_that_cannot_be_used_is_refused_before_the_prompt_is_remembered()
    {
        var task = _tasks.Make(1).Task;
        await Assert.ThrowsAsync<TaskNotFoundException>(() => ContextStepAsync("0123456789abcdef0123456789abcdef", 2));
        using var off = new TestSession(model: _model);
        Assert.Contains("--task-folder", (await Assert.ThrowsAsync<TasksOffException>(() => off.PredictAsync(Request(task, 2)))).Message, StringComparison.Ordinal);
        using var plain = new TestSession(contexts: new TaskContexts(_tasks.Store, _tasks.Options));
        Assert.Contains("takes no examples", (await Assert.ThrowsAsync<InvalidRequestException>(() => plain.PredictAsync(Request(task, 2)))).Message, StringComparison.Ordinal);
        Assert.Empty(_test.Session.Segments.Concat(off.Session.Segments).Concat(plain.Session.Segments));
    }

    [Fact]
    public async Task A_slice_without_a_mask_or_without_its_bricks_is_no_example()
    {
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        Assert.Contains("no voxel on slice K 3", Assert.Throws<InvalidRequestException>(() => Picture(3)).Message, StringComparison.Ordinal);
        Assert.Throws<SegmentNotFoundException>(() => _test.Session.PictureOf("2", new SlicePlane(Axis.K, 2)));
        Assert.Throws<GeometryException>(() => Picture(6));

        using var part = new TestSession(model: _model);
        part.Session.PutBricks([.. part.Session.Grid.Covering(new SlicePlane(Axis.K, 2).BoxIn(TestSession.Size)).Select(index => part.BrickAt(index))]);
        await part.StepAsync(2, TestSession.Click(5, 5, 2));
        var missing = Assert.Throws<WrongStateException>(() => part.Session.PictureOf("1", new SlicePlane(Axis.J, 5)));
        Assert.Contains("6 bricks of slice J 5", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_picture_is_the_slice_as_the_last_step_saw_it()
    {
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        var whole = Picture(2);
        Assert.Equal((16, 20, false), (whole.Rows, whole.Columns, whole.Windowed));
        Assert.Equal((ushort[])[0, ushort.MaxValue], whole.Grey.ToArray().Distinct().Order());
        Assert.Equal(ushort.MaxValue, whole.Grey.Span[(5 * 20) + 5]);
        Assert.Equal(1, whole.Mask.ToArray().Sum(value => value));
        Assert.Equal(1, whole.Mask.Span[(5 * 20) + 5]);

        await _test.PredictAsync(TestSession.Request(2, TestSession.Click(6, 5, 2)) with { Window = new IntensityWindow(-1, 0) });
        var windowed = Picture(2);
        Assert.True(windowed.Windowed);
        Assert.All(windowed.Grey.ToArray(), value => Assert.Equal(0, value));
    }

    public void Dispose()
    {
        _test.Dispose();
        _tasks.Dispose();
    }

    private static StepRequest Request(string task, int slice, params Prompt[] prompts) => TestSession.Request(slice, prompts) with { TaskId = task };

    private Task<StepResult> ContextStepAsync(string task, int slice, params Prompt[] prompts) => StepAsync(Request(task, slice, prompts));

    private Task<StepResult> ContextStepAsync(string task, int slice, IReadOnlyList<string> examples) =>
        StepAsync(Request(task, slice) with { ExampleIds = examples });

    private async Task<StepResult> StepAsync(StepRequest request)
    {
        _steps++;
        return (StepResult)(await _test.PredictAsync(request with { RequestId = $"{_steps}" }))[^1];
    }

    private IReadOnlyList<string> LastExamples() => _test.State.GetSegment("1").Current!.ExampleIds;

    private ExamplePicture Picture(int slice) => _test.Session.PictureOf("1", new SlicePlane(Axis.K, slice));
}
