using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Dicom;

/// <summary>The options by which a command takes one volume out of a folder of DICOM files.</summary>
internal sealed class SeriesChoice
{
    private readonly Option<int?> _stack = WholeNumber.Optional("--stack", "Which stack of the series, as \"segbridge dicom info\" numbers them [default: there must be one]", 0, 10_000, "N");

    private readonly Option<GantryTilt> _tilt = new("--gantry-tilt")
    {
        Description = "A series with a tilted gantry: keep (a sheared grid), resample (interpolate to right angles) or refuse",
        HelpName = "HOW",
        DefaultValueFactory = _ => GantryTilt.Keep,
    };

    private readonly Option<UnevenSlices> _uneven = new("--uneven-slices")
    {
        Description = "A series with missing or uneven slices: refuse, or resample (interpolate onto an even grid)",
        HelpName = "HOW",
        DefaultValueFactory = _ => UnevenSlices.Refuse,
    };

    /// <summary>The series' identifier, by which an archive is asked for it too.</summary>
    public Option<string?> Series { get; } = new("--series") { Description = "Which series of the folder, by its Series Instance UID [default: there must be one]", HelpName = "UID" };

    private Option[] All => [Series, _stack, _tilt, _uneven];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>An option of these that was given, or null.</summary>
    public string? GivenIn(CommandResult command) => All.FirstOrDefault(option => command.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Reads the chosen volume of a folder, or of a file of many frames, and says what was decided on the way.</summary>
    /// <exception cref="UserException">There is no such folder or file or no series, or a choice is missing; the message names what there is.</exception>
    /// <exception cref="Imaging.Formats.VolumeFormatException">An image is malformed.</exception>
    public DicomVolume Read(string path, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        if (File.Exists(path))
        {
            return Read(DicomSeries.Group([DicomFile.Open(path).Dataset]), path, parsed, terminal, cancellation);
        }

        if (!Directory.Exists(path))
        {
            throw UserException.Usage($"there is no folder or file {path}");
        }

        var folder = DicomFolder.Read(path, cancellation: cancellation);
        foreach (var refused in folder.Refused)
        {
            terminal.Say($"not read: {refused}");
        }

        return Read(folder.Series(), path, parsed, terminal, cancellation);
    }

    /// <summary>The same of series from elsewhere.</summary>
    /// <param name="where">Where they are from, for messages.</param>
    public DicomVolume Read(IReadOnlyList<DicomSeries> all, string where, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            var volume = Choose(all, where, parsed.GetValue(Series)).ToVolume(
                new DicomVolumeOptions { Stack = parsed.GetValue(_stack), GantryTilt = parsed.GetValue(_tilt), UnevenSlices = parsed.GetValue(_uneven) }, cancellation);
            foreach (var note in volume.Notes)
            {
                terminal.Say($"note: {note}");
            }

            return volume;
        }
        catch (DicomSeriesException error)
        {
            var isChoice = error.Problem == DicomSeriesProblem.SeveralStacks;
            throw new UserException($"{where}: {error.Message}{HintOf(error.Problem)}", isChoice ? UserException.WrongUsage : UserException.Failed, error);
        }
    }

    private static DicomSeries Choose(IReadOnlyList<DicomSeries> all, string where, string? uid)
    {
        var usable = all.Where(series => series.Stacks.Count > 0).ToArray();
        if (uid is not null)
        {
            return all.FirstOrDefault(series => series.SeriesInstanceUID == uid)
                ?? throw UserException.Usage($"--series: {where} has no series {uid}; it has {Names(all)}");
        }

        return usable switch
        {
            [var only] => only,
            [] when all.Count == 0 => throw new UserException($"{where} has no DICOM images"),
            [] => throw new UserException($"{where} has no image with a position in the patient"),
            _ => throw UserException.Usage($"{where} has {usable.Length} series; choose one with --series UID: {Names(usable)}"),
        };
    }

    private static string Names(IEnumerable<DicomSeries> series) => string.Join(
        ", ", series.Select(one => $"{one.SeriesInstanceUID} ({one.Modality}, {(one.Stacks.Count > 0 ? one.Stacks[0].ToString() : "no position in the patient")})"));

    private static string HintOf(DicomSeriesProblem problem) => problem switch
    {
        DicomSeriesProblem.SeveralStacks => " (--stack N)",
        DicomSeriesProblem.MissingSlices or DicomSeriesProblem.UnevenSpacing => " (--uneven-slices resample)",
        DicomSeriesProblem.GantryTilt => " (--gantry-tilt keep or resample)",
        _ => "",
    };
}
