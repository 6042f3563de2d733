using SegBridge.Imaging.Geometry;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// The points of an inference and whose they are, in each of the three forms that clients write them in: theirs depends on the
/// type that a server gives its models, so that clients configured for another server may send any.
/// </summary>
/// <param name="Label">Whose mask is asked for; null: not told.</param>
/// <param name="Foreground">On the object.</param>
/// <param name="Background">Beside it.</param>
internal sealed record SentPoints(string? Label, IReadOnlyList<VoxelPoint> Foreground, IReadOnlyList<VoxelPoint> Background)
{
    /// <param name="fields">As the client sent them.</param>
    /// <param name="labels">The labels that this server names.</param>
    public static SentPoints Of(JsonFields fields, IReadOnlyList<string> labels)
    {
        // A scribble request names the segment that is worked on by a key of its own.
        var label = Array.Find([fields.Text("selected_label_name"), fields.Text("label")], name => name?.Length > 0);
        return fields.Has("foreground") ? new SentPoints(label, fields.Points("foreground"), fields.Points("background"))
            : fields.Has("points") ? OfVista(fields, label, labels)
            : OfDeepEdit(fields, label, labels);
    }

    // "vista3d": points with 1 or 0 for each, and the label by its number.
    private static SentPoints OfVista(JsonFields fields, string? label, IReadOnlyList<string> labels)
    {
        var (points, kinds) = (fields.Points("points"), fields.Numbers("point_labels"));
        if (points.Count != kinds.Count)
        {
            throw fields.Wrong("point_labels", $"a list of a number for each of the {points.Count} points, 1 on the object and 0 beside it");
        }

        IReadOnlyList<VoxelPoint> Of(double kind) => [.. points.Where((_, n) => kinds[n] == kind)];
        var named = fields.Numbers("label_prompt") is [var number, ..] && number >= 1 && number <= labels.Count ? labels[(int)number - 1] : null;
        return new SentPoints(label ?? named, Of(1), Of(0));
    }

    // "deepedit": points under the name of each label, and those of the others are beside the one that is asked for.
    private static SentPoints OfDeepEdit(JsonFields fields, string? label, IReadOnlyList<string> labels)
    {
        var sent = labels.Append(label).OfType<string>().Distinct().Where(fields.HasPoints).ToDictionary(name => name, fields.Points, StringComparer.Ordinal);
        label ??= sent.FirstOrDefault(points => points.Value.Count > 0).Key;
        var own = label is null ? null : sent.GetValueOrDefault(label);
        return new SentPoints(label, own ?? [], [.. fields.Points("background"), .. sent.Where(points => points.Key != label).SelectMany(points => points.Value)]);
    }
}
