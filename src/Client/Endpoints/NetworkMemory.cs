using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace Karez.Client.Endpoints;

/// <summary>
/// Which node worked last on which network: a file of few lines. Networks are named by a keyed hash, so that the file
/// is no list of the places that a person has been to.
/// </summary>
/// <param name="path">The file; null for none.</param>
internal sealed class NetworkMemory(string? path)
{
    private const int Most = 32; // networks; our choice
    private const string KeyName = "key";

    // A client that takes up a changed configuration has two for a while, and one file.
    private static readonly Lock s_file = new();

    private readonly RememberedTexts _texts = new(path);

    /// <summary>The node that worked last on the network that this machine is in; null when none is known.</summary>
    public string? Recall(string network)
    {
        var known = _texts.Read();
        return known.TryGetValue(KeyName, out var key) ? known.GetValueOrDefault(NameOf(network, key)) : null;
    }

    /// <summary>Keeps it; a disk that is full costs only the memory. From any thread.</summary>
    public void Keep(string network, string node)
    {
        lock (s_file)
            Replace(network, node);
    }

    private void Replace(string network, string node)
    {
        var known = _texts.Read();
        if (!known.TryGetValue(KeyName, out var key))
            known[KeyName] = key = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var name = NameOf(network, key);
        if (known.GetValueOrDefault(name) == node)
            return;
        if (known.Count > Most)
            known = new() { [KeyName] = key };
        known[name] = node;
        _texts.Write(known);
    }

    /// <summary>
    /// What tells the network that this machine is in from others: its gateways and their hardware addresses; many
    /// homes have 192.168.1.1. Empty where there is none.
    /// </summary>
    public static string Here()
    {
        try
        {
            var gateways = NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up)
                .SelectMany(i => i.GetIPProperties().GatewayAddresses)
                .Select(gateway => gateway.Address.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
            var neighbours = File.Exists(Arp) ? File.ReadAllLines(Arp) : [];
            return string.Join(',', gateways.Select(gateway => $"{gateway} {HardwareOf(gateway, neighbours)}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            return "";
        }
    }

    /// <summary>Of proc(5)'s arp: address, type, flags, hardware address, mask, device.</summary>
    private static string HardwareOf(string gateway, string[] neighbours) => neighbours
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(words => words.Length > 3 && words[0] == gateway)?[3] ?? "";

    private static string NameOf(string network, string key) => Convert.ToHexString(
        HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.UTF8.GetBytes(network)).AsSpan(0, 8));

    private const string Arp = "/proc/net/arp";
}
