using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Segmentations;

/// <summary>Names and codes that the user gives segments: <c>--segment 1=Liver</c>, <c>--segment "1=GTV=SCT^108369006^Neoplasm"</c>.</summary>
internal static class SegmentNames
{
    public static Option<SegmentName[]> Option() => new("--segment")
    {
        Description = "Names a segment, by its label or its id, and codes it: \"1=Liver\" (common names are known) or \"1=GTV=SCT^108369006^Neoplasm\"; may be repeated",
        HelpName = "ID=NAME[=CODE]",
        CustomParser = Parse,
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The segments with the names given to them; of names for none of them the first, or null.</summary>
    public static (IReadOnlyList<SegmentMask> Segments, string? Unknown) Apply(this SegmentName[] names, IReadOnlyList<SegmentMask> segments)
    {
        var named = segments.Select(segment => names.FirstOrDefault(name => name.Id == segment.Segment.Label) is { } name
            ? segment with { Segment = name.Of(segment.Segment) }
            : segment);
        return ([.. named], names.FirstOrDefault(name => segments.All(segment => segment.Segment.Label != name.Id))?.Id);
    }

    private static SegmentName[]? Parse(ArgumentResult result)
    {
        var names = new List<SegmentName>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=', 3);
            if (parts is [{ Length: > 0 }, { Length: > 0 and <= DicomSegment.MaxLabel }] or [{ Length: > 0 }, { Length: > 0 and <= DicomSegment.MaxLabel }, _]
                && (parts.Length == 2 || parts[2].Split('~').Any(code => DicomCode.Parse(code) is not null)))
            {
                names.Add(new SegmentName(parts[0], parts[1], parts.ElementAtOrDefault(2) ?? ""));
                continue;
            }

            result.AddError($"--segment must be ID=NAME or ID=NAME=SCHEME^CODE^MEANING with a name of 1..{DicomSegment.MaxLabel} characters, got \"{token.Value}\"");
            return null;
        }

        return [.. names];
    }
}

/// <summary>What a segment is to be called.</summary>
/// <param name="Code">Its terminology, or empty.</param>
internal sealed record SegmentName(string Id, string Name, string Code)
{
    public DicomSegment Of(DicomSegment segment) => DicomSegment.Of(Name, Code) with { Colour = segment.Colour, Algorithm = segment.Algorithm };
}
