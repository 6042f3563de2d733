using System.Text.Json;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Tests.Evaluate;

/// <summary>The whole command against a real server in this process.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TinySlices _slices = new();
    private readonly TinyDataset _volumes = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("segbridge-evaluate-tests-").FullName;

    [Fact]
    public async Task Every_protocol_of_slices_plays_pictures_and_volumes_and_can_be_taken_up_again()
    {
        await using var server = await LocalServer.StartAsync(Path.Combine(_folder, "tasks"));
        foreach (var protocol in new[] { "center-clicks", "random-clicks", "warm-start", "line-scribbles", "centerline-scribbles", "contour-scribbles", "boxes" })
        {
            var file = Path.Combine(_folder, $"{protocol}.jsonl");
            string[] arguments = ["--data", _slices.Folder, _volumes.Folder, "--protocol", protocol, "--steps", "2", "--seeds", "2", "--json-lines", file, "--model", "scribble-2d"];
            var lines = await RunAsync(server.Grpc, [.. arguments, "--limit", "1"]);
            // One picture; two balls on one and on two slices; two steps, two seeds.
            Assert.Equal(4 * 2 * 2, lines.Length - 1);
            Assert.All(lines[1..], line => Assert.Equal("scribble-2d", Json(line).GetProperty("model").GetString()));
            // One picture more; the finished ones stay as they are.
            var more = await RunAsync(server.Grpc, [.. arguments, "--limit", "2"]);
            Assert.Equal(5 * 2 * 2, more.Length - 1);
            Assert.Equal(lines, more[..lines.Length]);
        }
    }

    [Fact]
    public async Task Given_scribbles_of_a_folder_are_the_first_step()
    {
        await using var server = await LocalServer.StartAsync();
        var file = Path.Combine(_folder, "steps.jsonl");
        var lines = await RunAsync(server.Grpc, "--data", _slices.Folder, "--protocol", "given-scribbles", "--json-lines", file);
        Assert.Equal(3, lines.Length - 1);
        Assert.All(lines[1..], line => Assert.True(Json(line).GetProperty("prompts").GetInt32() == 2 && Json(line).GetProperty("dice").GetDouble() > 0.5, line));
    }

    [Fact]
    public async Task A_series_in_context_is_compared_with_the_same_one_without_and_reported_in_one_page()
    {
        await using var server = await LocalServer.StartAsync(Path.Combine(_folder, "tasks"));
        var (file, report) = (Path.Combine(_folder, "steps.jsonl"), Path.Combine(_folder, "report.html"));
        var lines = await RunAsync(
            server.Grpc, "--data", _slices.Folder, "--protocol", "in-context", "--steps", "2", "--compare", "scribble-2d,context-2d", "--json-lines", file, "--report", report);
        var steps = lines[1..].Select(Json).ToLookup(step => step.GetProperty("model").GetString());
        Assert.Equal([0, 0, 1, 1, 2, 2], steps["scribble-2d"].Select(step => step.GetProperty("index").GetInt32()));
        // From the second image on the model proposes a mask before any prompt.
        Assert.Equal([1, 2, 0, 1, 2, 0, 1, 2], steps["context-2d"].Select(step => step.GetProperty("step").GetInt32()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "tasks"), "*.png", SearchOption.AllDirectories));
        var page = await File.ReadAllTextAsync(report);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,iVBOR", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        // The pictures of what was finished before are played again; how much context fits into a step's time may differ.
        await RunAsync(
            server.Grpc, "--data", _slices.Folder, "--protocol", "in-context", "--steps", "2", "--compare", "scribble-2d,context-2d", "--json-lines", file, "--report", report);
        static int Pictures(string html) => html.Split("data:image/png;base64,iVBOR").Length - 1;
        Assert.Equal((6, 6), (Pictures(page), Pictures(await File.ReadAllTextAsync(report))));
        var markdown = Path.Combine(_folder, "report.md");
        await RunAsync(
            server.Grpc, "--data", _slices.Folder, "--protocol", "in-context", "--steps", "2", "--compare", "scribble-2d,context-2d", "--json-lines", file, "--report", markdown);
        var rows = File.ReadAllLines(markdown).Where(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).ToArray();
        Assert.Equal(8, rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        Assert.All(rows.Where(row => row[0] == "mean of data sets"), row => Assert.Equal("3", row[1]));
    }

    [Fact]
    public async Task A_pair_of_files_is_played_in_three_dimensions_and_two_servers_can_be_compared()
    {
        await using var server = await LocalServer.StartAsync();
        await using var other = await LocalServer.StartAsync();
        var file = Path.Combine(_folder, "steps.jsonl");
        var pair = new[] { "--volume", Path.Combine(_volumes.Folder, "images", "two.nii.gz"), "--label", Path.Combine(_volumes.Folder, "labels", "two.nii.gz") };
        string[] arguments = ["evaluate", .. pair, "--protocol", "prism-plain", "--steps", "1", "--compare", $"{server.Grpc},{other.Grpc}", "--json-lines", file, "--only-chosen"];
        Assert.Equal(0, await CommandTree.RunAsync(arguments));
        var steps = File.ReadAllLines(file)[1..].Select(Json).ToArray();
        Assert.Equal(6, steps.Length);
        Assert.Single(steps.Take(2).Select(step => step.GetProperty("dice").GetDouble()).Distinct());
    }

    [Theory]
    [InlineData("--volume", "a.nii.gz")]
    [InlineData("--data", "a", "--tolerance", "0")]
    [InlineData("--data", "no-such-folder")]
    [InlineData("--data", ".", "--compare", "one")]
    public async Task Wrong_usage_is_refused(params string[] arguments) =>
        Assert.Equal(UserException.WrongUsage, await CommandTree.RunAsync(["evaluate", .. arguments]));

    public void Dispose()
    {
        _slices.Dispose();
        _volumes.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string[]> RunAsync(Uri server, params string[] arguments)
    {
        Assert.Equal(0, await CommandTree.RunAsync(["evaluate", "--server", server.ToString(), .. arguments]));
        return await File.ReadAllLinesAsync(arguments[Array.IndexOf(arguments, "--json-lines") + 1]);
    }

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;
}
