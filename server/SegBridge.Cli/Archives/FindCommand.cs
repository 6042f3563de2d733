using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;

namespace SegBridge.Cli.Archives;

/// <summary><c>segbridge dicomweb find</c>.</summary>
internal sealed class FindCommand : TeachingCommand
{
    private readonly ArchiveChoice _archive = new();
    private readonly Option<string?> _study = new("--study") { Description = "List the series of this study", HelpName = "UID" };
    private readonly Option<string?> _series = new("--series") { Description = "List the images of this series, or the series alone without --study", HelpName = "UID" };
    private readonly Option<string[]> _match = new("--match")
    {
        Description = "Only where an attribute has this value; * and ? stand for any text and character, A-B for a range of dates. May be repeated",
        HelpName = "KEYWORD=VALUE",
    };

    private readonly Option<int> _limit = WholeNumber.Option("--limit", "Results at most", DicomWebQuery.UsualResults, 1, 1_000_000);
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON to standard output" };

    public FindCommand()
        : base("find", "Lists studies, the series of a study, or the images of a series.", DicomWebCommand.Teaching)
    {
        _archive.AddTo(this);
        foreach (var option in (Option[])[_study, _series, _match, _limit, _json])
        {
            Options.Add(option);
        }

        Validators.Add(result =>
        {
            foreach (var match in (result.GetValue(_match) ?? []).Where(match => match.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"--match must be KEYWORD=VALUE, such as PatientID=4711, got \"{match}\"");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        using var client = _archive.Open(parsed, terminal);
        var found = await FindAsync(client, parsed.GetValue(_study), parsed.GetValue(_series), QueryOf(parsed), cancellation);
        if (terminal.Json)
        {
            // As what they are: the interface has no more than their lines.
            await terminal.Results.WriteLineAsync(JsonText.Of(found.Cast<object>().ToArray()));
            return 0;
        }

        foreach (var result in found)
        {
            terminal.Say(result.Line);
        }

        terminal.Say(found.Count == 0 ? "nothing found" : $"{found.Count} found");
        return 0;
    }

    private DicomWebQuery QueryOf(ParseResult parsed) => new(
        [.. (parsed.GetValue(_match) ?? []).Select(match => match.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))],
        parsed.GetValue(_limit));

    private static async Task<IReadOnlyList<IFound>> FindAsync(
        DicomWebClient client, string? study, string? series, DicomWebQuery query, CancellationToken cancellation) => (study, series) switch
        {
            (null, null) => [.. (await client.SearchStudiesAsync(query, cancellation)).Select(FoundStudy.Of)],
            (_, null) => [.. (await client.SearchSeriesAsync(study, query, cancellation)).Select(FoundSeries.Of)],
            (null, _) => [.. (await client.SearchSeriesAsync(null, query with { Matches = [.. query.Matches, new("SeriesInstanceUID", series)] }, cancellation)).Select(FoundSeries.Of)],
            _ => [.. (await client.SearchInstancesAsync(study, series, query, cancellation)).Select(FoundInstance.Of)],
        };
}
