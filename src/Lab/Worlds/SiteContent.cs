using System.Globalization;
using System.Text;
using Karez.Lab.Router;

namespace Karez.Lab.Worlds;

/// <summary>
/// Writes a site's pages: requests a page and octets a page are log-normal as in the HTTP Archive's quantiles of mobile
/// pages (median 66 requests and 2164 kB, sigma 0.80 and 1.09), cut so that a run stays small; the cut is said in the
/// report's realism figures.
/// </summary>
public static class SiteContent
{
    private const int MaxObjects = 60;
    private const int MaxKilobytes = 3000;

    /// <summary>Writes pages under a folder.</summary>
    /// <param name="folder">The site's document root; it is made.</param>
    /// <param name="name">The site's name.</param>
    /// <param name="third">A host from which a part of the objects comes, and its document root; null for none.</param>
    /// <param name="pages">How many pages: <c>/</c>, <c>/1.html</c> and so on.</param>
    /// <param name="seed">The run's seed.</param>
    public static void Write(string folder, string name, (string Name, string Folder)? third, int pages, int seed)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(Seeds.Of(seed, "content " + name));
        var noise = new byte[MaxKilobytes * 1024];
        random.NextBytes(noise); // What images and compressed scripts look like from outside.
        WriteSegments(folder, noise);
        for (var page = 0; page < pages; page++)
        {
            var objects = (int)Math.Clamp(LogNormal(random, 66, 0.80), 4, MaxObjects);
            var kilobytes = Math.Clamp(LogNormal(random, 2164, 1.09), 100, MaxKilobytes);
            var weights = Enumerable.Range(0, objects).Select(_ => LogNormal(random, 1, 1.2)).ToList();
            var html = new StringBuilder("<!doctype html><html><head><title>").Append(name).Append("</title>");
            for (var i = 0; i < objects; i++)
            {
                var size = (int)Math.Max(200, kilobytes * 1024 * weights[i] / weights.Sum());
                var there = random.NextDouble() < 0.4 ? third : null;
                var host = there is { } cdn ? $"https://{cdn.Name}" : "";
                var kind = i % 10 < 1 ? "css" : i % 10 < 4 ? "js" : "png";
                var at = string.Create(CultureInfo.InvariantCulture, $"/o/{name}/{page}-{i}.{kind}");
                WriteObject((there?.Folder ?? folder) + at, noise, size, kind);
                html.Append(kind switch
                {
                    "css" => $"<link rel=stylesheet href=\"{host}{at}\">",
                    "js" => $"<script defer src=\"{host}{at}\"></script>",
                    _ => $"<img src=\"{host}{at}\">",
                });
            }

            html.Append("</head><body>");
            Fill(html, random, (int)Math.Clamp(LogNormal(random, 22_000, 0.8), 2000, 90_000));
            File.WriteAllText(Path.Combine(folder, page == 0 ? "index.html" : $"{page}.html"), html.ToString());
        }
    }

    /// <summary>Segments of a video in four qualities, 0.5 to 2 MB, and answers to messages, 0.2 to 1.8 kB.</summary>
    private static void WriteSegments(string folder, byte[] noise)
    {
        foreach (var room in (string[])["v", "m"])
        {
            Directory.CreateDirectory(Path.Combine(folder, room));
            File.WriteAllText(Path.Combine(folder, room, "index.html"), "<!doctype html><title>room</title><p>room");
        }

        for (var i = 0; i < 5; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, "v", $"{i}.ts"), noise[..((i + 1) * 500_000)]);
            File.WriteAllText(Path.Combine(folder, "m", $"{i}.json"), $"\"{new string('x', 200 + (i * 400))}\"");
        }
    }

    private static void WriteObject(string path, byte[] noise, int size, string kind)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        // Scripts and style sheets are comments, so that a browser that runs them finds nothing to do.
        if (kind != "png")
            file.Write("/*"u8);
        var hidden = noise.AsSpan(0, Math.Min(size, noise.Length));
        if (kind == "png")
            file.Write(hidden);
        else
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexString(hidden[..(hidden.Length / 2)]) + "*/"));
    }

    private static double LogNormal(Random random, double median, double sigma)
    {
        var (u, v) = (1 - random.NextDouble(), random.NextDouble());
        return median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }

    private static void Fill(StringBuilder html, Random random, int length)
    {
        while (html.Length < length)
        {
            html.Append("<p>");
            for (var words = random.Next(30, 90); words > 0; words--)
            {
                for (var letters = random.Next(2, 10); letters > 0; letters--)
                    html.Append((char)('a' + random.Next(26)));
                html.Append(' ');
            }
        }
    }
}
