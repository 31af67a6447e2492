using System.Globalization;
using System.Net;
using System.Text;

namespace Karez.Lab.Reports;

/// <summary>One page that needs nothing beside itself, and can be read on a phone.</summary>
internal sealed class HtmlPage
{
    private const string Style = """
        body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:0 .8rem 3rem;color:#222;
        background:#fff}
        h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.2rem;border-top:1px solid #ddd;padding-top:.8rem}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}
        th,td{padding:.2rem .5rem;border-bottom:1px solid #e5e5e5;text-align:left;white-space:nowrap;vertical-align:top}
        td.text{white-space:normal;min-width:14rem}
        td.hot{background:#f6c9b8}td.warm{background:#fbe9dd}.bad{color:#a11}.good{color:#161}small{color:#666}
        svg{max-width:100%;height:auto}
        @media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}td.hot{background:#6b2f1c}
        td.warm{background:#44291c}th,td{border-color:#333}h2{border-color:#444}.bad{color:#f88}.good{color:#8d8}
        svg{background:#fff}}
        """;

    private readonly StringBuilder _text = new();

    /// <param name="title">Its title.</param>
    public HtmlPage(string title) => _text.Append(CultureInfo.InvariantCulture, $"""
        <!doctype html><html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <title>{Escape(title)}</title><style>{Style}</style></head><body><h1>{Escape(title)}</h1>

        """);

    /// <summary>Begins a section.</summary>
    public void Section(string title) => _text.Append("<h2>").Append(Escape(title)).Append("</h2>\n");

    /// <summary>A paragraph.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="kind">Its class, as <c>bad</c>; null for none.</param>
    public void Say(string text, string? kind = null) => _text
        .Append(kind is null ? "<p>" : $"<p class=\"{kind}\">").Append(Escape(text)).Append("</p>\n");

    /// <summary>A list.</summary>
    public void List(IEnumerable<string> lines)
    {
        _text.Append("<ul>");
        foreach (var line in lines)
            _text.Append("<li>").Append(Escape(line)).Append("</li>\n");
        _text.Append("</ul>\n");
    }

    /// <summary>A table. A cell that begins with <c>!</c> or <c>~</c> is coloured, with <c>=</c> it is prose.</summary>
    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.Append("<div class=\"wide\"><table><tr>");
        foreach (var head in heads)
            _text.Append("<th>").Append(Escape(head)).Append("</th>");
        _text.Append("</tr>\n");
        foreach (var row in rows)
        {
            _text.Append("<tr>");
            foreach (var cell in row)
            {
                var (kind, text) = cell switch
                {
                    ['!', ..] => (" class=\"hot\"", cell[1..]),
                    ['~', ..] => (" class=\"warm\"", cell[1..]),
                    ['=', ..] => (" class=\"text\"", cell[1..]),
                    _ => ("", cell),
                };
                _text.Append("<td").Append(kind).Append('>').Append(Escape(text)).Append("</td>");
            }

            _text.Append("</tr>\n");
        }

        _text.Append("</table></div>\n");
    }

    /// <summary>A drawing.</summary>
    /// <param name="svg">An svg element, as <see cref="Charts"/> makes it.</param>
    public void Draw(string svg) => _text.Append("<div class=\"wide\">").Append(svg).Append("</div>\n");

    /// <summary>The whole page.</summary>
    public string Finish() => _text.Append("</body></html>\n").ToString();

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
