using System.Text.Json;
using Karez.Lab.Running;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Judging;

/// <summary>
/// Whose packets a capture holds: it is judged only when they are of one client, or of a run of the lab.
/// </summary>
public static class Clients
{
    private const int Enough = 2;

    /// <summary>Refuses a capture of several clients, unless it is the lab's own.</summary>
    /// <returns>The run's manifest, when the capture is of one.</returns>
    /// <exception cref="LabException">It is refused.</exception>
    public static RunManifest? Check(CaptureFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var clients = Of(file);
        var manifest = Beside(file);
        if (manifest is not null)
        {
            var known = manifest.Subscribers.Select(each => NetAddress.Parse(each.Address)).ToHashSet();
            known.UnionWith(manifest.Subscribers.Select(each => NetAddress.Parse(each.PublicAddress)));
            if (clients.All(known.Contains))
                return manifest;
        }

        return clients.Count < Enough
            ? manifest
            : throw TooMany();
    }

    /// <summary>A capture of one client, of a run or not; null for no path.</summary>
    /// <exception cref="LabException">It is refused.</exception>
    public static CaptureFile? RequireOne(string? path)
    {
        if (path is null)
            return null;
        var file = CaptureFile.At(path);
        return Of(file).Count < Enough ? file : throw TooMany();
    }

    /// <summary>The addresses that opened flows; counting stops at 64.</summary>
    public static IReadOnlySet<NetAddress> Of(CaptureFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        const int Most = 64;
        var table = new FlowTable();
        var clients = new HashSet<NetAddress>();
        foreach (var packet in file.Packets().Where(IsJudged))
        {
            if (table.Feed(packet) is { IsFirst: true } step)
                clients.Add(step.Flow.Key.Client);
            while (table.TryTakeEnded(out _))
            {
                // Only who opened it counts.
            }

            if (clients.Count == Most)
                break;
        }

        return clients;
    }

    /// <summary>What neighbours shout to everybody on a local link is passed over, and never judged.</summary>
    internal static bool IsJudged(Packet packet) => !packet.Destination.IsGroup && !packet.Source.IsGroup
        && !IsBroadcast(packet.Destination);

    private static bool IsBroadcast(NetAddress address) => !address.IsIp6 && (address.Value & 0xFF) == 0xFF;

    private static LabException TooMany() => new(
        "the capture has more than one client address; only one's own traffic is judged",
        "keep one address: tcpdump -r CAPTURE -w ONE.pcap host ADDRESS");

    /// <summary>The manifest in the capture's folder, or above the folder "captures".</summary>
    private static RunManifest? Beside(CaptureFile file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Path))!; // A file has a folder.
        if (Path.GetFileName(folder) == "captures")
            folder = Path.GetDirectoryName(folder)!;
        var path = Path.Combine(folder, RunManifest.FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), LabJson.Default.RunManifest);
        }
        catch (JsonException e)
        {
            throw new LabException($"{path}: {e.Message}", "it is no manifest of a run; move it away or mend it");
        }
    }
}
