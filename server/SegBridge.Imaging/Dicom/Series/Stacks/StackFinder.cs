namespace SegBridge.Imaging.Dicom;

/// <summary>Sorts the slices of a series into stacks: by size and orientation, then by what tells apart slices at the same place.</summary>
internal static class StackFinder
{
    private const double SameAngle = 1e-3;
    private const double SameSpacing = 1e-4;
    private const int MaxGroups = 1000;

    /// <param name="frames">All slices of a series, each once.</param>
    /// <param name="notes">Receives what was left out.</param>
    public static List<DicomStack> Find(IReadOnlyList<DicomFrame> frames, List<string> notes)
    {
        var images = frames.Where(frame => !frame.IsLocaliser).ToArray();
        if (images.Length > 0 && images.Length < frames.Count)
        {
            notes.Add($"{frames.Count - images.Length} localiser images were left out");
        }

        var groups = new List<List<DicomFrame>>();
        foreach (var frame in images.Length > 0 ? images : frames)
        {
            var group = groups.FirstOrDefault(group => IsAlike(group[0], frame));
            if (group is not null)
            {
                group.Add(frame);
            }
            else if (groups.Count < MaxGroups)
            {
                groups.Add([frame]);
            }
            else
            {
                notes.Add($"the images have more than {MaxGroups} sizes and orientations; the others were left out");
                break;
            }
        }

        return [.. groups.SelectMany(Split).OrderByDescending(stack => stack.Size.K)];
    }

    private static bool IsAlike(DicomFrame a, DicomFrame b) =>
        a.Pixels.Rows == b.Pixels.Rows && a.Pixels.Columns == b.Pixels.Columns
        && (a.AlongRow - b.AlongRow).Length <= (SameAngle + SameSpacing) * a.AlongRow.Length
        && (a.AlongColumn - b.AlongColumn).Length <= (SameAngle + SameSpacing) * a.AlongColumn.Length;

    private static IEnumerable<DicomStack> Split(List<DicomFrame> group)
    {
        var ordered = group.OrderBy(frame => frame.Height).ToArray();
        if (DicomStack.DuplicatesIn(ordered))
        {
            return Apart(ordered, [.. Enumerable.Range(0, FrameMarks.Count)]) ?? [new DicomStack(ordered, "")];
        }

        var contrasts = Enumerable.Range(0, FrameMarks.Count).Where(mark => FrameMarks.ChangesContrast(mark) && IsInterleaved(ordered, mark)).ToArray();
        return contrasts.Length == 0 ? [new DicomStack(ordered, "")] : Apart(ordered, contrasts) ?? [new DicomStack(ordered, "")];
    }

    /// <summary>The split by one or two marks into the fewest parts in which every slice has a place of its own.</summary>
    private static List<DicomStack>? Apart(DicomFrame[] ordered, int[] marks)
    {
        List<DicomStack>? best = null;
        foreach (var first in marks)
        {
            best = Better(best, SplitBy(ordered, first, first));
        }

        for (var a = 0; best is null && a < marks.Length; a++)
        {
            for (var b = a + 1; b < marks.Length; b++)
            {
                best = Better(best, SplitBy(ordered, marks[a], marks[b]));
            }
        }

        return best;
    }

    private static List<DicomStack>? Better(List<DicomStack>? best, List<DicomStack> other) =>
        other.Count < 2 || other.Any(stack => stack.HasDuplicates) || (best is not null && best.Count <= other.Count) ? best : other;

    private static List<DicomStack> SplitBy(DicomFrame[] ordered, int first, int second) =>
    [
        .. ordered.GroupBy(frame => (frame.Marks[first], frame.Marks[second])).Select(part => new DicomStack(
            part,
            first == second
                ? $"{FrameMarks.NameOf(first)} {part.Key.Item1}"
                : $"{FrameMarks.NameOf(first)} {part.Key.Item1}, {FrameMarks.NameOf(second)} {part.Key.Item2}")),
    ];

    /// <summary>Whether slices of different marks, several of each, lie between each other.</summary>
    private static bool IsInterleaved(DicomFrame[] ordered, int mark)
    {
        var parts = ordered.GroupBy(frame => frame.Marks[mark]).Select(part => part.ToArray()).ToArray();
        return parts.Length > 1
            && parts.All(part => part.Length > 1)
            && parts.Any(part => parts.Any(other => other != part && other[0].Height > part[0].Height && other[0].Height < part[^1].Height));
    }
}
