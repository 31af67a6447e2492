using System.Globalization;
using Karez.Observe;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T24: what a TLS flow shows of what is within, without opening it.</summary>
internal sealed class InnerShape : IDetector
{
    private static readonly HashSet<string> s_webNames =
        new(["h2", "http/1.1", "http/1.0", "http/0.9"], StringComparer.Ordinal);

    public DetectorInfo Info { get; } = new(
        "t24-shape", "T24",
        "TLS unlike the web: no name, a numeric name, an uncommon protocol, a beat, a WebSocket's start",
        "names, protocols and first records as browsers have them; no keep-alives with a beat",
        "apps and devices with TLS of their own; real WebSockets",
        [Constants.ShapeRisks, Constants.Periodic, Constants.WebSocket]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        if (flow.Tls?.Hello is not { } hello)
            return;
        var found = new List<string>();
        if (hello.ServerName is null)
            found.Add("no server name");
        else if (NetAddress.TryParse(hello.ServerName, out _))
            found.Add("a numeric server name");
        if (hello.Alpn.Count > 0 && hello.Alpn.Any(name => !s_webNames.Contains(name) && !IsGrease(name)))
            found.Add($"protocol {hello.Alpn[0]} is not the web's");
        if (Beat(flow) is { } seconds)
            found.Add(string.Create(CultureInfo.InvariantCulture, $"a beat of {seconds:F1} s"));
        if (IsWebSocket(flow, hello))
            found.Add("begins as a WebSocket does");
        if (found.Count > 0)
        {
            evidence.Add(new Evidence(
                Info, flow.Key, subscriber, flow.LastSeen, string.Join(", ", found)));
        }
    }

    private static bool IsGrease(string name) =>
        name.Length == 2 && Grease.Is((ushort)((name[0] << 8) | name[1]));

    /// <summary>The mean pause when pauses between short client bursts are all alike.</summary>
    private static double? Beat(Flow flow)
    {
        var (least, seconds, variation) = Constants.Periodic.Value;
        var starts = flow.Bursts.Where(burst => burst.Direction == Direction.ClientToServer)
            .Select(burst => burst.First / 1e9).ToList();
        var pauses = starts.Skip(1).Zip(starts, (next, last) => next - last).Where(pause => pause >= seconds).ToList();
        if (pauses.Count < least)
            return null;
        var mean = pauses.Average();
        return Math.Sqrt(pauses.Average(pause => Math.Pow(pause - mean, 2))) <= variation * mean ? mean : null;
    }

    // One medium record up, one short record down, and then no further answer before the client goes on.
    private static bool IsWebSocket(Flow flow, HelloFields hello)
    {
        if (hello.Alpn is not (["http/1.1"] or []) || flow.Tls is not { HandshakeDone: true } tls)
            return false;
        var start = tls.Records[tls.AfterHandshake - 1].Nanoseconds;
        var records = tls.Records.Skip(tls.AfterHandshake).ToList();
        var first = records.FindIndex(record => record.Direction == Direction.ClientToServer);
        if (first < 0 || first + 2 >= records.Count)
            return false;
        var (up, down) = (records[first], records[first + 1]);
        return up.Nanoseconds >= start && up.Record.Length <= Constants.WebSocket.Value.Up
            && down.Direction == Direction.ServerToClient && down.Record.Length <= Constants.WebSocket.Value.Down
            && records[first + 2].Direction == Direction.ClientToServer;
    }
}
