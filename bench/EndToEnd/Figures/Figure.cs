namespace Karez.EndToEnd.Figures;

/// <summary>What a number means.</summary>
/// <param name="Key">Its name in results.json.</param>
/// <param name="Title">What the tables and pictures call it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="MoreIsBetter">Which way is good.</param>
internal sealed record Figure(string Key, string Title, string Unit, bool MoreIsBetter)
{
    /// <summary>Every figure there is, in the order of the tables.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        .. Bulk("https", "down", 1), .. Bulk("http", "down", 1), .. Bulk("https", "up", 1), .. Bulk("http", "up", 1),
        .. Bulk("https", "down", 8), .. Bulk("http", "down", 8), .. Bulk("https", "up", 8), .. Bulk("http", "up", 8),
        new("first.p50", "time to first octet, new connection, p50", "us", false),
        new("first.p99", "time to first octet, new connection, p99", "us", false),
        new("far.p50", "time to first octet over 40 ms of distance, p50", "ms", false),
        new("far.p99", "time to first octet over 40 ms of distance, p99", "ms", false),
        new("requests", "requests a second, 32 at a time, each a flow of its own", "1/s", true),
        new("requests.node", "processor time of the node for one request", "us", false),
        new("requests.client", "processor time of the client for one request", "us", false),
        new("handshakes", "new connections that a second of one processor is enough for, node", "1/s", true),
        new("fair.alone", "small flows alone, 2 at a time, p99", "us", false),
        new("fair.beside", "small flows beside one download, p99", "us", false),
        new("fair.ratio", "p99 of small flows beside one download, times that of small flows alone", "", false),
        new("rss.node", "resident at start, node", "MiB", false),
        new("rss.client", "resident at start, client", "MiB", false),
        new("anonymous.node", "of it anonymous, node", "MiB", false),
        new("anonymous.client", "of it anonymous, client", "MiB", false),
        new("held.1000.node", "memory for each of 1,000 open connections, node", "KiB", false),
        new("held.1000.client", "memory for each of 1,000 open connections, client", "KiB", false),
        new("held.9000.node", "memory for each of 9,000 open connections, node", "KiB", false),
        new("held.9000.client", "memory for each of 9,000 open connections, client", "KiB", false),
        new("rested.node", "resident one minute after 10,000 connections, node", "MiB", false),
        new("rested.client", "resident one minute after 10,000 connections, client", "MiB", false),
        new("start.first", "first start to listening, node", "ms", false),
        new("start.again", "start to listening with what was learnt, node", "ms", false),
    ];

    private static IEnumerable<Figure> Bulk(string scheme, string way, int streams)
    {
        var title = $"{scheme.ToUpperInvariant()} inside, {way}, {streams} stream{(streams > 1 ? "s" : "")}";
        yield return new Figure($"{scheme}.{way}.{streams}", title, "Gbit/s", true);
        yield return new Figure($"{scheme}.{way}.{streams}.cpu", $"{title}: processor time, both ends", "s/GB", false);
    }
}
