using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Tests.Evaluate;

public sealed class StepLogTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public StepLogTests() => File.Delete(_path);

    [Fact]
    public void A_run_goes_on_after_the_last_finished_object_even_when_a_line_is_torn()
    {
        EvaluatedStep[] steps = [Step("a", 1), Step("a", 2), Step("b", 1)];
        using (var log = StepLog.Open(_path, "x", 2))
        {
            Array.ForEach(steps, log.Add);
        }

        File.AppendAllText(_path, """{"model":"m","data""");
        using var again = StepLog.Open(_path, "x", 2);
        Assert.Equal(steps[..2], again.Steps);
        Assert.True(again.Has("m", new ObjectKey("set", "a", "l", 1)));
        Assert.False(again.Has("m", new ObjectKey("set", "b", "l", 1)));
        Assert.False(again.Has("n", new ObjectKey("set", "a", "l", 1)));
        again.Add(steps[2]);
        again.Forget("m", [new ObjectKey("set", "a", "l", 1)]);
        Assert.Equal([steps[2]], again.Steps);
        again.Dispose();
        Assert.Equal(2, File.ReadAllLines(_path).Length);
    }

    [Fact]
    public void A_file_of_another_run_is_refused_and_left_as_it_is()
    {
        File.WriteAllText(_path, "something\n");
        Assert.Throws<UserException>(() => StepLog.Open(_path, "x", 2));
        Assert.Equal("something\n", File.ReadAllText(_path));
        File.Delete(_path);
        StepLog.Open(_path, "x", 2).Dispose();
        Assert.Contains("(x)", Assert.Throws<UserException>(() => StepLog.Open(_path, "y", 2)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);

    private static EvaluatedStep Step(string name, int step) =>
        new("m", "set", name, "s", "l", "train", 1, null, step, 1, 0.5, 0.4, null, 0.5, -0.1, 0.8, true, 20, 30, 100, 10);
}
