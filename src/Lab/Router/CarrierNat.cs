using System.Buffers.Binary;

namespace Karez.Lab.Router;

/// <summary>
/// A carrier's address translation (RFC 6888 in spirit): each subscriber has a block of ports on a shared address, and
/// keeps a port for an inner port whatever the destination (endpoint-independent mapping and filtering, RFC 4787).
/// Rewrites packets in place; TCP, UDP and ICMP echo. Fragments and other protocols do not pass.
/// </summary>
public sealed class CarrierNat
{
    private readonly Dictionary<uint, Block> _inner = [];
    private readonly Dictionary<uint, List<Block>> _outer = [];

    /// <summary>Gives a subscriber his block.</summary>
    public void Add(int subscriber, uint inner, uint outer, int firstPort, int ports)
    {
        var block = new Block(subscriber, inner, outer, firstPort, ports);
        _inner.Add(inner, block);
        if (!_outer.TryGetValue(outer, out var blocks))
            _outer.Add(outer, blocks = []);
        blocks.Add(block);
    }

    /// <summary>Whether an address is one behind which subscribers are.</summary>
    public bool IsOuter(uint address) => _outer.ContainsKey(address);

    /// <summary>Rewrites an outward packet's source.</summary>
    /// <returns>False when it may not pass.</returns>
    public bool TryOutward(Span<byte> octets)
    {
        if (!Ipv4Packet.TryRead(octets, out var packet) || !packet.HasPorts
            || !_inner.TryGetValue(packet.Source, out var block))
            return false;
        Rewrite(octets, packet, source: true, block.Outer, block.OuterPort(packet.Protocol, packet.SourcePort));
        return true;
    }

    /// <summary>Rewrites an inward packet's destination.</summary>
    /// <returns>False when nobody has that port.</returns>
    public bool TryInward(Span<byte> octets, out int subscriber)
    {
        subscriber = Passing.Nobody;
        if (!Ipv4Packet.TryRead(octets, out var packet) || !packet.HasPorts || Find(packet) is not { } block
            || !block.TryInnerPort(packet.Protocol, packet.DestinationPort, out var port))
            return false;
        subscriber = block.Subscriber;
        Rewrite(octets, packet, source: false, block.Inner, port);
        return true;
    }

    /// <summary>Whose block an inward packet is for; <see cref="Passing.Nobody"/> for nobody's.</summary>
    public int SubscriberOf(in Ipv4Packet packet) => Find(packet)?.Subscriber ?? Passing.Nobody;

    private Block? Find(in Ipv4Packet packet)
    {
        if (!_outer.TryGetValue(packet.Destination, out var blocks))
            return null;
        foreach (var block in blocks)
        {
            if (packet.DestinationPort >= block.FirstPort && packet.DestinationPort < block.FirstPort + block.Ports)
                return block;
        }

        return null;
    }

    private static void Rewrite(Span<byte> octets, in Ipv4Packet packet, bool source, uint address, ushort port)
    {
        var before = source ? packet.Source : packet.Destination;
        var portBefore = source ? packet.SourcePort : packet.DestinationPort;
        BinaryPrimitives.WriteUInt32BigEndian(octets[(source ? 12 : 16)..], address);
        Update(octets[10..], before, address, null);
        var body = octets[packet.HeaderLength..];
        if (packet.Protocol == Ipv4Packet.Icmp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body[4..], port);
            Update(body[2..], 0, 0, (portBefore, port));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(body[(source ? 0 : 2)..], port);
        if (packet.Protocol == Ipv4Packet.Tcp)
        {
            if (packet.Length - packet.HeaderLength >= 20)
                Update(body[16..], before, address, (portBefore, port));
        }
        else if (BinaryPrimitives.ReadUInt16BigEndian(body[6..]) != 0) // UDP may have none (RFC 768).
        {
            Update(body[6..], before, address, (portBefore, port));
        }
    }

    private static void Update(Span<byte> at, uint before, uint after, (ushort Before, ushort After)? port)
    {
        var sum = Checksums.Change(BinaryPrimitives.ReadUInt16BigEndian(at), before, after);
        if (port is { } changed)
            sum = Checksums.Change(sum, changed.Before, changed.After);
        BinaryPrimitives.WriteUInt16BigEndian(at, sum);
    }

    /// <summary>A subscriber's ports. When all are used the oldest mapping gives way.</summary>
    private sealed class Block(int subscriber, uint inner, uint outer, int firstPort, int ports)
    {
        private readonly Dictionary<(byte, ushort), ushort> _byInner = [];
        private readonly Dictionary<(byte, ushort), ushort> _byOuter = [];
        private readonly Dictionary<byte, int> _next = [];

        public int Subscriber => subscriber;

        public uint Inner => inner;

        public uint Outer => outer;

        public int FirstPort => firstPort;

        public int Ports => ports;

        public ushort OuterPort(byte protocol, ushort port)
        {
            if (_byInner.TryGetValue((protocol, port), out var known))
                return known;
            var next = _next.GetValueOrDefault(protocol);
            _next[protocol] = next + 1;
            var mapped = (ushort)(firstPort + (next % ports));
            if (_byOuter.Remove((protocol, mapped), out var old))
                _byInner.Remove((protocol, old));
            _byInner[(protocol, port)] = mapped;
            _byOuter[(protocol, mapped)] = port;
            return mapped;
        }

        public bool TryInnerPort(byte protocol, ushort outer, out ushort port) =>
            _byOuter.TryGetValue((protocol, outer), out port);
    }
}
