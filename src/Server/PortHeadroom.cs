using System.Globalization;

namespace Karez.Server;

/// <summary>
/// How near the exit is to running out of local ports. A port is used up only towards one destination (the sockets
/// bind an address without a port), so the figure is the worst case: all connections of this network namespace, those
/// in TIME_WAIT too, as if they went to one.
/// </summary>
public static class PortHeadroom
{
    private const string Folder = "/proc/sys/net/ipv4/";
    private const string Counters = "/proc/net/sockstat";

    /// <summary>Ports in use in that sense, and how many there are; 0 of 0 where the kernel does not say.</summary>
    /// <param name="addresses">Egress addresses.</param>
    public static (long Used, long Limit) Read(int addresses)
    {
        try
        {
            var range = File.ReadAllText(Folder + "ip_local_port_range").Split((char[]?)null, Options);
            var count = Number(range[1]) - Number(range[0]) + 1;
            // TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 1
            var line = File.ReadLines(Counters).First(l => l.StartsWith("TCP:", StringComparison.Ordinal));
            var words = line.Split((char[]?)null, Options);
            return (Value(words, "inuse") + Value(words, "tw"), count * addresses);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException
            or InvalidOperationException or IndexOutOfRangeException)
        {
            return (0, 0);
        }
    }

    private const StringSplitOptions Options = StringSplitOptions.RemoveEmptyEntries;

    private static long Value(string[] words, string name) => Number(words[Array.IndexOf(words, name) + 1]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
