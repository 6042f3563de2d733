using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Protocols;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Tests.Evaluate;

public sealed class EvaluationRunTests : IDisposable
{
    private readonly TinyDataset _data = new();

    [Fact]
    public async Task Every_object_of_a_split_is_played_step_by_step_against_a_real_server()
    {
        var steps = await PlayAsync("prism-ultra", 3);
        Assert.Equal([.. Enumerable.Repeat("two 1", 3), .. Enumerable.Repeat("two 2", 3), .. Enumerable.Repeat("two 1+2", 3)], steps.Select(step => step.Case));
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], steps.Select(step => step.Step));
        Assert.All(steps, step => Assert.True(step is { Split: "validation", Dice: > 0.3 and <= 1, BytesUp: > 0, ServerMs: > 0 }, step.ToString()));
        // Bricks travel with the first step only.
        Assert.True(steps[1].BytesUp < steps[0].BytesUp);
        Assert.True(steps[1] is { Hd95: < 12, Nsd: > 0.7 }, steps[1].ToString());
        Assert.All(
            steps.Where(step => step.Step == 3),
            step => Assert.True(step is { Dice: > 0.7, Hd95: < 12, Nsd: > 0.7 }, step.ToString()));
    }

    [Fact]
    public async Task Readers_of_slices_play_on_the_middle_and_the_largest_slice()
    {
        var steps = await PlayAsync("center-clicks", 1);
        Assert.Equal(["two 1 k10", "two 2 k10", "two 2 k9"], steps.Select(step => step.Case));
    }

    [Fact]
    public async Task Wrong_data_and_splits_are_wrong_usage()
    {
        Assert.Equal(2, await CommandTree.RunAsync(["evaluate", "--data", Path.Combine(_data.Folder, "images")]));
        Assert.Equal(2, await CommandTree.RunAsync(["evaluate", "--data", _data.Folder, "--protocol", "mind-reading"]));
    }

    [Fact]
    public void A_missing_split_is_answered_with_those_there_are()
    {
        var dataset = Dataset.Read(_data.Folder);
        Assert.Equal("balls", dataset.Name);
        Assert.Equal(SegBridge.Imaging.Intensity.Modality.MR, dataset.Modality);
        Assert.Equal("one", Assert.Single(dataset.Of("train")).Id);
        var error = Assert.Throws<UserException>(() => dataset.Of("test"));
        Assert.Contains("train, validation", error.Message, StringComparison.Ordinal);
        Assert.Equal(UserException.WrongUsage, error.ExitCode);
    }

    [Fact]
    public void A_description_without_cases_is_refused_with_what_is_missing()
    {
        File.WriteAllText(Path.Combine(_data.Folder, "dataset.json"), """{"name": "x"}""");
        Assert.Contains("\"cases\"", Assert.Throws<UserException>(() => Dataset.Read(_data.Folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Dispose();

    private async Task<IReadOnlyList<EvaluatedStep>> PlayAsync(string protocol, int steps)
    {
        await using var server = await LocalServer.StartAsync();
        using var connection = new ServerConnection(LocalServer.AddressOf(server));
        var settings = new EvaluationSettings { Protocol = Protocol.Named(protocol), Steps = steps };
        var model = await ModelChoice.ChooseAsync(
            connection, null, model => model.Dimension == settings.Protocol.Dimension, "models", CancellationToken.None);
        using var log = StepLog.Open(null, settings.Signature, steps);
        var reported = new List<EvaluatedStep?>();
        await new EvaluationRun([new Arm(model.Id, connection, model)], new EvaluationUnits(Dataset.Open(_data.Folder), settings), settings, log)
            .PlayAsync((step, _) => reported.Add(step), CancellationToken.None);
        Assert.Equal(log.Steps, reported.OfType<EvaluatedStep>());
        return log.Steps;
    }
}
