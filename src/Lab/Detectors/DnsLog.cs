using Karez.Observe.Datagrams;
using Karez.Observe.Packets;

namespace Karez.Lab.Detectors;

/// <summary>
/// The answers of the carrier's resolver, by who asked: which names led a client to an address, and when.
/// </summary>
public sealed class DnsLog
{
    private const int MaxEntries = 100_000; // Our limit: beyond it the oldest are forgotten.

    private readonly Dictionary<(NetAddress Client, NetAddress Address), List<(string Name, long At)>> _names = [];
    private readonly Queue<(NetAddress Client, NetAddress Address)> _order = [];
    private readonly HashSet<NetAddress> _askers = [];

    /// <summary>Whether this client was ever answered in clear.</summary>
    public bool Knows(NetAddress client) => _askers.Contains(client);

    /// <summary>Keeps an answer; aliases count for the name that was asked.</summary>
    public void Add(NetAddress client, DnsMessage answer, long nanoseconds)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (!answer.IsAnswer || answer.Code != 0)
            return;
        foreach (var record in answer.Answers)
        {
            if (record.Address is { } address)
                Add(client, address, answer.Question, nanoseconds);
        }
    }

    /// <summary>The name by which this client last learnt this address; null when it never did.</summary>
    public string? NameOf(NetAddress client, NetAddress address, long before) =>
        _names.TryGetValue((client, address), out var names)
            ? names.LastOrDefault(entry => entry.At <= before).Name
            : null;

    /// <summary>Whether this client was told this address for this name, no longer ago than the span.</summary>
    public bool Told(NetAddress client, NetAddress address, string name, long before, TimeSpan within) =>
        _names.TryGetValue((client, address), out var names) && names.Exists(entry =>
            entry.At <= before && before - entry.At <= within.Ticks * 100
            && entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Add(NetAddress client, NetAddress address, string name, long nanoseconds)
    {
        const int PerPair = 32; // Our limit: names that share one address.
        _askers.Add(client);
        var key = (client, address);
        if (!_names.TryGetValue(key, out var names))
        {
            _names[key] = names = [];
            _order.Enqueue(key);
            if (_order.Count > MaxEntries)
                _names.Remove(_order.Dequeue());
        }

        if (names.Count == PerPair)
            names.RemoveAt(0);
        names.Add((name, nanoseconds));
    }
}
