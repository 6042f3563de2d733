using System.Globalization;
using System.Net;
using System.Text;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>The best, the median and the worst objects of a model by their last Dice, three of each where there are many.</summary>
internal sealed class ReportPictures
{
    private const int Each = 3;

    private readonly IReadOnlyList<(string Rank, PlayedObject Object)> _shown;
    private readonly IReadOnlyDictionary<ObjectKey, byte[]> _pictures;

    private ReportPictures(IReadOnlyList<(string Rank, PlayedObject Object)> shown, IReadOnlyDictionary<ObjectKey, byte[]> pictures) =>
        (_shown, _pictures) = (shown, pictures);

    /// <summary>Of which pictures are needed.</summary>
    public IReadOnlyList<ObjectKey> Keys => [.. _shown.Select(one => one.Object.Last.Key)];

    public static ReportPictures Choose(IReadOnlyList<PlayedObject> objects)
    {
        var order = objects.OrderByDescending(played => played.Last.Dice).ThenBy(played => played.Last.Case, StringComparer.Ordinal).ToArray();
        var each = Math.Clamp(order.Length / 3, 1, Each);
        var middle = (order.Length - each) / 2;
        return new ReportPictures(
            [
                .. order.Take(each).Select(played => ("best", played)),
                .. order.Skip(middle).Take(each).Select(played => ("median", played)),
                .. order.TakeLast(each).Select(played => ("worst", played)),
            ],
            new Dictionary<ObjectKey, byte[]>());
    }

    public ReportPictures With(IReadOnlyDictionary<ObjectKey, byte[]> pictures) => new(_shown, pictures);

    public string Html()
    {
        var html = new StringBuilder("<div class=\"pictures\">");
        foreach (var (rank, played) in _shown)
        {
            var name = WebUtility.HtmlEncode($"{played.Place.Dataset}, {played.Last.Case}");
            html.Append(CultureInfo.InvariantCulture, $"<figure><img alt=\"{rank}: {name}\" src=\"data:image/png;base64,{Convert.ToBase64String(_pictures.GetValueOrDefault(played.Last.Key) ?? [])}\"><figcaption><b>{rank}</b> Dice {played.Last.Dice:0.000}<br>{name}<br>{WebUtility.HtmlEncode(played.Place.Label)}</figcaption></figure>");
        }

        return html.Append("</div><p class=\"legend\"><span><i class=\"truth\"></i>truth</span><span><i class=\"mask\"></i>mask</span><span><i class=\"positive\"></i>prompt on the object</span><span><i class=\"negative\"></i>prompt on what is not the object</span></p>").ToString();
    }
}
