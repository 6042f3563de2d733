using System.Globalization;
using System.Net;
using System.Text;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>A table of the page; cells are text, numbers stand on the right.</summary>
internal sealed class HtmlTable
{
    private readonly StringBuilder _html = new("<div class=\"wide\"><table><thead><tr>");
    private readonly int _words;

    /// <param name="words">Columns on the left that hold words.</param>
    /// <param name="titles">Of all columns.</param>
    public HtmlTable(int words, params IReadOnlyList<string> titles)
    {
        _words = words;
        for (var n = 0; n < titles.Count; n++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<th{Class(n)}>{WebUtility.HtmlEncode(titles[n])}</th>");
        }

        _html.Append("</tr></thead><tbody>");
    }

    public void Row(params IReadOnlyList<string> cells)
    {
        _html.Append("<tr>");
        for (var n = 0; n < cells.Count; n++)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<td{Class(n)}>{WebUtility.HtmlEncode(cells[n])}</td>");
        }

        _html.Append("</tr>");
    }

    public override string ToString() => _html + "</tbody></table></div>";

    private string Class(int column) => column < _words ? " class=\"word\"" : "";
}
