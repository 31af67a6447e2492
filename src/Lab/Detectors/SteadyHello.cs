using System.Globalization;
using Karez.Observe;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>T18: hellos to one server that never resume, or always list their extensions in one order.</summary>
/// <param name="order">Whether the order is judged; else resumption.</param>
internal sealed class SteadyHello(bool order) : IDetector
{
    private const ushort PreSharedKey = 41;
    private const int MaxKeys = 10_000; // Our limit.

    private readonly Dictionary<(NetAddress, NetAddress, string?), Seen> _seen = [];

    public DetectorInfo Info { get; } = order
        ? new DetectorInfo(
            "t18-order", "T18",
            "hellos with a browser's fingerprint that never permute their extensions",
            "permute as Chrome does",
            "browsers that do not permute have other fingerprints",
            [Constants.HelloRepeats])
        : new DetectorInfo(
            "t18-psk", "T18",
            "many connections to one server of which none resumes a session",
            "resume as browsers do on repeated visits",
            "private windows, browsers just started, servers without tickets",
            [Constants.HelloRepeats]);

    public void Ended(Flow flow, int subscriber, Surroundings around, ICollection<Evidence> evidence)
    {
        if (flow.Tls is not { Hello: { } hello, IsTls13: true })
            return;
        var key = (flow.Key.Client, flow.Key.Server, hello.ServerName);
        if (!_seen.TryGetValue(key, out var seen))
        {
            if (_seen.Count == MaxKeys)
                _seen.Clear();
            _seen[key] = seen = new Seen();
        }

        if (order && !around.BrowserJa4.Contains(Ja4.Of(hello)))
            return;
        seen.Count++;
        seen.Resumed |= hello.TryGetExtension(PreSharedKey, out _);
        // A resuming hello has one extension more, at the end; what varies is the order of the others.
        seen.Orders.Add(string.Join(',', hello.Extensions
            .Where(extension => !Grease.Is(extension.Type) && extension.Type != PreSharedKey)
            .Select(extension => extension.Type.ToString(CultureInfo.InvariantCulture))));
        if (seen.Count < Constants.HelloRepeats.Value)
            return;
        if (order && seen.Orders.Count == 1)
            evidence.Add(Tell(flow, subscriber, $"{seen.Count} hellos in one order of extensions"));
        else if (!order && !seen.Resumed)
            evidence.Add(Tell(flow, subscriber, $"{seen.Count} connections to one server, none resumed"));
    }

    private Evidence Tell(Flow flow, int subscriber, string what) =>
        new(Info, flow.Key, subscriber, flow.LastSeen, what);

    private sealed class Seen
    {
        public int Count { get; set; }

        public bool Resumed { get; set; }

        public HashSet<string> Orders { get; } = [];
    }
}
