using System.Net;

namespace Karez.Client.Device;

/// <summary>Whom this machine asks for names but for us: for names that go direct.</summary>
internal static class MachineResolvers
{
    private const int Most = 3; // MAXNS of resolv.conf(5)

    // systemd-resolved says here whom it asks itself; 127.0.0.53 would lead back to us.
    private const string Behind = "/run/systemd/resolve/resolv.conf";

    /// <summary>Reads resolv.conf(5), or what is behind it where it names this machine itself.</summary>
    public static IReadOnlyList<IPEndPoint> Read(string path)
    {
        var servers = Servers(path);
        return servers.Count == 0 ? Servers(Behind) : servers;
    }

    private static List<IPEndPoint> Servers(string path)
    {
        try
        {
            return [.. File.ReadLines(path)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["nameserver", ..] && words.Length > 1)
                .Select(words => IPAddress.TryParse(words[1], out var address) ? address : IPAddress.Loopback)
                .Where(address => !IPAddress.IsLoopback(address) && !IsOurs(address))
                .Take(Most).Select(address => new IPEndPoint(address, 53))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Ours, or left by a killed run: 198.18.0.0/15 is nobody's resolver.</summary>
    private static bool IsOurs(IPAddress address) =>
        address.GetAddressBytes() is [198, 18 or 19, ..];
}
