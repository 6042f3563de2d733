using System.Globalization;
using System.Net;
using System.Text;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>A point of a curve and, where it is known, its interval.</summary>
internal readonly record struct ChartPoint(double X, double Y, double? Low = null, double? High = null);

/// <summary>A curve by name; the page's style gives it its colour.</summary>
internal sealed record ChartCurve(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>An axis: its title, its ends and the values that are written.</summary>
internal sealed record ChartAxis(string Title, double Low, double High, IReadOnlyList<double> Ticks, string Format);

/// <summary>Curves with intervals as inline SVG, in the page's colours.</summary>
internal static class LineChart
{
    private const double Width = 640;
    private const double Height = 320;
    private const double Left = 52;
    private const double Right = 16;
    private const double Top = 12;
    private const double Bottom = 44;

    /// <param name="description">For those who do not see it.</param>
    /// <param name="x">Below.</param>
    /// <param name="y">On the left.</param>
    /// <param name="curves">One to three.</param>
    /// <param name="diagonal">Whether to draw where y equals x.</param>
    public static string Svg(string description, ChartAxis x, ChartAxis y, IReadOnlyList<ChartCurve> curves, bool diagonal = false)
    {
        string X(double value) => Number(Left + ((value - x.Low) / (x.High - x.Low) * (Width - Left - Right)));
        string Y(double value) => Number(Top + ((y.High - Math.Clamp(value, y.Low, y.High)) / (y.High - y.Low) * (Height - Top - Bottom)));
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(description)}\">");
        foreach (var tick in y.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick)}\" y2=\"{Y(tick)}\"/><text x=\"{Left - 8}\" y=\"{Y(tick)}\" dy=\"4\" text-anchor=\"end\">{Text(tick, y)}</text>");
        }

        foreach (var tick in x.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(tick)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Text(tick, x)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(x.Title)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" transform=\"translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(y.Title)}</text>");
        if (diagonal)
        {
            var (low, high) = (Math.Max(x.Low, y.Low), Math.Min(x.High, y.High));
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"diagonal\" x1=\"{X(low)}\" y1=\"{Y(low)}\" x2=\"{X(high)}\" y2=\"{Y(high)}\"/>");
        }

        for (var n = 0; n < curves.Count; n++)
        {
            var points = curves[n].Points;
            string Path(IEnumerable<(double X, double Y)> along) => string.Join(' ', along.Select(point => $"{X(point.X)},{Y(point.Y)}"));
            if (points.Count > 1 && points.All(point => point.Low is not null && point.High is not null))
            {
                var around = points.Select(point => (point.X, point.High!.Value)).Concat(points.Reverse().Select(point => (point.X, point.Low!.Value)));
                svg.Append(CultureInfo.InvariantCulture, $"<polygon class=\"band c{n}\" points=\"{Path(around)}\"/>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve c{n}\" points=\"{Path(points.Select(point => (point.X, point.Y)))}\"/>");
            foreach (var point in points)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot c{n}\" cx=\"{X(point.X)}\" cy=\"{Y(point.Y)}\" r=\"3\"><title>{Text(point.X, x)}: {Text(point.Y, y)}</title></circle>");
            }
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>The curves' names beside their colours; nothing for one curve.</summary>
    public static string Legend(IReadOnlyList<ChartCurve> curves) => curves.Count < 2
        ? ""
        : $"<p class=\"legend\">{string.Concat(curves.Select((curve, n) => $"<span><i class=\"c{n}\"></i>{WebUtility.HtmlEncode(curve.Name)}</span>"))}</p>";

    private static string Text(double value, ChartAxis axis) => value.ToString(axis.Format, CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
