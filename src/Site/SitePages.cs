using System.Buffers;
using System.Globalization;
using System.Text;

namespace Karez.Site;

/// <summary>A small ordinary site: pages, a style sheet, pictures, downloads of any length, an echo.</summary>
internal static class SitePages
{
    /// <summary>The longest download.</summary>
    public const long MaxBytes = 100L << 20;

    private const string Html = "text/html; charset=utf-8";

    private static readonly string[] Places = ["/", "/gardens", "/canals", "/visit", "/contact"];

    private static readonly string[] Sentences =
    [
        "The oasis lies below sea level, and the snow that waters it falls a hundred kilometres away.",
        "Wells are dug in a line down the slope, and a channel joins them where the sun does not reach.",
        "Nothing is pumped: the water arrives by its own weight, cool, at the same hour every day.",
        "A channel is cleaned each winter by people who learnt it from their grandparents.",
        "Grapes are dried in brick houses with more holes than bricks, in the hot wind of August.",
        "Mulberries stand beside every pool, and under each there is a bench.",
        "The oldest channels have no builder's name; they have the names of the families who share them.",
        "Maps show the villages; the line of wells shows why they are there.",
    ];

    /// <summary>Answers one request.</summary>
    public static Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var response = context.Response;
        if (path == "/echo" && HttpMethods.IsPost(context.Request.Method))
            return EchoAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return WriteAsync(context, 405, Html, Page("Not allowed", "This page is only for reading.", 0));
        if (path.StartsWith("/bytes/", StringComparison.Ordinal))
            return BytesAsync(context, path["/bytes/".Length..]);
        response.Headers.CacheControl = "public, max-age=600";
        if (path == "/style.css")
            return WriteAsync(context, 200, "text/css; charset=utf-8", Encoding.UTF8.GetBytes(Style));
        if (path.StartsWith("/images/", StringComparison.Ordinal) && Picture(path) is { } picture)
            return WriteAsync(context, 200, "image/png", picture);
        var index = Array.IndexOf(Places, path);
        return index >= 0
            ? WriteAsync(context, 200, Html, Page(Title(index), Text(index), 6))
            : WriteAsync(context, 404, Html, Page("Not found", "There is no such page here.", 0));
    }

    /// <summary>The octet at a place of every download: no two blocks of 64 KiB are alike.</summary>
    public static byte ByteAt(long place) => (byte)(((ulong)place * 0x9E3779B97F4A7C15) >> 56);

    private static async Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task BytesAsync(HttpContext context, string count)
    {
        if (!long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > MaxBytes)
        {
            await WriteAsync(context, 404, Html, Page("Not found", "Ask for less.", 0));
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        for (long at = 0; at < length; at += buffer.Length)
        {
            var part = (int)Math.Min(buffer.Length, length - at);
            for (var i = 0; i < part; i++)
                buffer[i] = ByteAt(at + i);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, part), context.RequestAborted);
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        context.Response.ContentLength = context.Request.ContentLength;
        return context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string Title(int index) =>
        index == 0 ? "Water under the desert" : char.ToUpperInvariant(Places[index][1]) + Places[index][2..];

    private static string Text(int index)
    {
        var text = new StringBuilder();
        for (var paragraph = 0; paragraph < 6 + index; paragraph++)
        {
            text.Append("<p>");
            for (var sentence = 0; sentence < 5; sentence++)
                text.Append(Sentences[((index * 7) + (paragraph * 3) + sentence) % Sentences.Length]).Append(' ');
            text.Append("</p>\n");
        }

        return text.ToString();
    }

    private static byte[] Page(string title, string body, int pictures)
    {
        var page = new StringBuilder(8192);
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<link rel=\"stylesheet\" href=\"/style.css\">\n<title>").Append(title)
            .Append("</title>\n</head>\n<body>\n<nav>");
        for (var i = 0; i < Places.Length; i++)
            page.Append("<a href=\"").Append(Places[i]).Append("\">").Append(Title(i)).Append("</a> ");
        page.Append("</nav>\n<h1>").Append(title).Append("</h1>\n").Append(body).Append('\n');
        for (var i = 0; i < pictures; i++)
        {
            page.Append("<img src=\"/images/").Append((i + 1) * 80).Append(".png\" alt=\"\" width=\"")
                .Append((i + 1) * 80).Append("\">\n");
        }

        return Encoding.UTF8.GetBytes(page.Append("</body>\n</html>\n").ToString());
    }

    private static byte[]? Picture(string path)
    {
        var name = path["/images/".Length..];
        return name.EndsWith(".png", StringComparison.Ordinal)
            && int.TryParse(name[..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var side)
            && side is > 0 and <= 480
            ? SitePicture.Draw(side)
            : null;
    }

    private const string Style =
        """
        body { font-family: Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #2b2420; }
        nav a { margin-right: 1rem; color: #7a4a1d; }
        h1 { font-weight: normal; border-bottom: 1px solid #cbb59c; }
        p { line-height: 1.6; }
        img { display: inline-block; margin: .5rem; border-radius: 3px; max-width: 100%; }
        """;
}
