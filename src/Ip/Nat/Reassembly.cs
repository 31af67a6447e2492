using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Nat;

/// <summary>
/// Puts fragments together, a few small datagrams at a time: the payload that the packet would have had in one piece.
/// </summary>
/// <remarks>
/// Parts that overlap end the whole datagram (RFC 5722; for IPv4 our choice). One owner.
/// </remarks>
public sealed class Reassembly
{
    private readonly List<Partial> _partials = [];

    /// <summary>Datagrams that are being put together.</summary>
    public int Count => _partials.Count;

    /// <summary>Datagrams given up: time, room, overlap, size.</summary>
    public long GivenUp { get; private set; }

    /// <summary>Takes a fragment.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="layout">Where things are in it; a fragment.</param>
    /// <param name="now">The time.</param>
    /// <param name="whole">The whole payload, transport header first, when this was the last missing part.</param>
    /// <returns>Whether <paramref name="whole"/> is complete.</returns>
    public bool TryComplete(ReadOnlySpan<byte> packet, in IpPacket layout, Instant now, out ReadOnlyMemory<byte> whole)
    {
        whole = default;
        GivenUp += _partials.RemoveAll(p => now - p.Began >= s_patience);
        var payload = layout.Payload(packet);
        var partial = Find(layout, now);
        if (partial.IsSpoilt)
            return false;
        if (payload.IsEmpty || layout.FragmentOffset + payload.Length > MaxPayload
            || (layout.HasMoreFragments && payload.Length % 8 != 0)
            || !partial.TryAdd(payload, layout.FragmentOffset, layout.HasMoreFragments))
        {
            // It stays until its time is over, so that its other parts do not begin it anew.
            partial.IsSpoilt = true;
            GivenUp++;
            return false;
        }

        if (!partial.IsWhole)
            return false;
        _partials.Remove(partial);
        whole = partial.Octets.AsMemory(0, partial.Total);
        return true;
    }

    private Partial Find(in IpPacket layout, Instant now)
    {
        foreach (var known in _partials)
        {
            if (known.Id == layout.FragmentId && known.Source == layout.Source
                && known.Destination == layout.Destination && known.Protocol == layout.Protocol)
                return known;
        }

        if (_partials.Count == MaxPartials)
        {
            _partials.RemoveAt(0);
            GivenUp++;
        }

        var begun = new Partial(layout.FragmentId, layout.Source, layout.Destination, layout.Protocol, now);
        _partials.Add(begun);
        return begun;
    }

    private sealed class Partial(
        uint id, HostAddress source, HostAddress destination, IpProtocol protocol, Instant began)
    {
        private readonly List<(int Start, int End)> _parts = [];

        public uint Id => id;

        public HostAddress Source => source;

        public HostAddress Destination => destination;

        public IpProtocol Protocol => protocol;

        public Instant Began => began;

        public byte[] Octets { get; private set; } = [];

        public int Total { get; private set; } = -1;

        public bool IsSpoilt { get; set; }

        public bool IsWhole => Total >= 0 && _parts.Sum(p => p.End - p.Start) == Total;

        public bool TryAdd(ReadOnlySpan<byte> payload, int start, bool hasMore)
        {
            var end = start + payload.Length;
            if (_parts.Any(p => start < p.End && p.Start < end) || (Total >= 0 && end > Total))
                return false;
            if (!hasMore)
            {
                if (Total >= 0 || _parts.Any(p => p.End > end))
                    return false;
                Total = end;
            }

            if (Octets.Length == 0)
                Octets = new byte[MaxPayload];
            payload.CopyTo(Octets.AsSpan(start));
            _parts.Add((start, end));
            return true;
        }
    }

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private const int MaxPartials = 16;
    private const int MaxPayload = 8 * 1024;
}
