using System.Text.RegularExpressions;

namespace Karez.Lab.Population;

/// <summary>The pages that a run's sites hold, read from their folders.</summary>
internal static partial class SitePages
{
    /// <summary>Requests and octets of each page.</summary>
    public static List<(int Requests, long Octets)> Of(string hosts)
    {
        var objects = Directory.EnumerateFiles(hosts, "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("/o/", StringComparison.Ordinal))
            .ToLookup(file => file[file.IndexOf("/o/", StringComparison.Ordinal)..]);
        var pages = new List<(int, long)>();
        foreach (var file in Directory.EnumerateFiles(hosts, "*.html", SearchOption.AllDirectories))
        {
            var named = Object().Matches(File.ReadAllText(file)).Select(match => match.Value).ToList();
            if (named.Count > 0)
                pages.Add((1 + named.Count, new FileInfo(file).Length + named.Sum(each => Length(objects[each]))));
        }

        return pages;
    }

    private static long Length(IEnumerable<string> files) =>
        files.Select(file => new FileInfo(file).Length).FirstOrDefault();

    [GeneratedRegex(@"/o/[\w.\-]+/\d+-\d+\.\w+")]
    private static partial Regex Object();
}
