using System.Collections.Concurrent;
using System.Buffers.Binary;
using Karez.Lab.Router;

namespace Karez.Lab.Probers;

/// <summary>
/// Keeps what clients send first on their TCP connections to suspected servers: what a prober replays. In the order of
/// the sequence numbers, until the server answers with data.
/// </summary>
public sealed class FirstFlights(IReadOnlySet<uint> suspected) : ITap
{
    private const int MaxFlight = 4096; // Our limit.
    private const int MaxEach = 16; // Our limit: flights kept of one server.

    private readonly Dictionary<FlowKey, Flight> _open = [];
    private readonly ConcurrentDictionary<uint, ConcurrentQueue<byte[]>> _kept = new();

    /// <inheritdoc/>
    public Place Place => Place.National;

    /// <summary>The flights to a server, in the order in which they were complete.</summary>
    public IReadOnlyList<byte[]> To(uint server) => _kept.TryGetValue(server, out var kept) ? [.. kept] : [];

    /// <inheritdoc/>
    public void See(in Passing passing)
    {
        if (!Ipv4Packet.TryRead(passing.Packet, out var packet) || packet.Protocol != Ipv4Packet.Tcp
            || packet.Length < packet.HeaderLength + 20)
            return;
        var outward = passing.Heading == Heading.Outward;
        if (!suspected.Contains(outward ? packet.Destination : packet.Source))
            return;
        var segment = passing.Packet[packet.HeaderLength..packet.Length];
        var offset = (segment[12] >> 4) * 4;
        if (offset < 20 || offset > segment.Length)
            return;
        var key = new FlowKey(packet);
        var data = segment[offset..];
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        if (outward && (segment[13] & 2) != 0)
        {
            if (_open.Count < 1024)
                _open[key] = new Flight(packet.Destination, sequence + 1);
        }
        else if (_open.TryGetValue(key, out var flight))
        {
            if (outward)
                flight.Take(sequence, data);
            else if (!data.IsEmpty)
                Keep(key, flight);
        }
    }

    private void Keep(FlowKey key, Flight flight)
    {
        _open.Remove(key);
        var kept = _kept.GetOrAdd(flight.Server, _ => new());
        if (flight.Length > 0 && kept.Count < MaxEach)
            kept.Enqueue(flight.ToArray());
    }

    private sealed class Flight(uint server, uint next)
    {
        private readonly byte[] _octets = new byte[MaxFlight];

        public uint Server => server;

        public int Length { get; private set; }

        public void Take(uint sequence, ReadOnlySpan<byte> data)
        {
            var at = unchecked(sequence - next);
            if (at > MaxFlight || data.Length > MaxFlight - at)
                return;
            data.CopyTo(_octets.AsSpan((int)at));
            Length = Math.Max(Length, (int)at + data.Length);
        }

        public byte[] ToArray() => _octets[..Length];
    }
}
