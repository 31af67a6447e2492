using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Karez.Beds;

namespace Karez.Tests.Leaks;

/// <summary>What left a machine, seen from the far end of its link by a capture begun before anything else.</summary>
internal sealed class OuterWire : IDisposable
{
    private static readonly string s_name = Convert.ToHexString(LeakAttempts.Name);

    private readonly Capture _capture;
    private readonly List<byte[]> _stations;
    private readonly IPEndPoint _node;

    /// <param name="far">The machine at the far end.</param>
    /// <param name="near">The machine that is watched.</param>
    /// <param name="node">Where the channel goes.</param>
    public OuterWire(Machine far, Machine near, IPEndPoint node)
    {
        _node = node;
        _stations = [.. near.Ip("-o", "link", "show", "type", "veth").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[(line.IndexOf("link/ether ", StringComparison.Ordinal) + 11)..][..17])
            .Select(text => text.Split(':').Select(part => byte.Parse(part, NumberStyles.HexNumber, null)).ToArray())];
        _capture = far.StartCapture();
    }

    /// <summary>Packets so far; a place to count from.</summary>
    public int Count => _capture.Packets.Count;

    /// <summary>What left since a place, by what it is.</summary>
    public IReadOnlyList<(Sighting What, string Words)> Since(int place)
    {
        Thread.Sleep(60); // The capture's reader takes its turn.
        return Between(place, Count);
    }

    /// <summary>What left from a place to another.</summary>
    public IReadOnlyList<(Sighting What, string Words)> Between(int place, int end) =>
        [.. _capture.Packets.Take(end).Skip(place).Select(packet => packet.Frame)
            .Where(frame => frame.Length >= 14
                && _stations.Exists(station => frame.Span.Slice(6, 6).SequenceEqual(station)))
            .Select(frame => (Judge(frame.Span), Describe(frame.Span)))];

    /// <summary>
    /// The same, once so many of a kind were seen that were sent last: on a busy machine the capture's reader comes late,
    /// and what it has not read yet would look like nothing.
    /// </summary>
    public IReadOnlyList<(Sighting What, string Words)> Since(int place, Sighting last, int count = 1)
    {
        var seen = Since(place);
        for (var tries = 0; tries < 50 && seen.Count(s => s.What == last) < count; tries++)
        {
            Thread.Sleep(100);
            seen = Since(place);
        }

        return seen;
    }

    /// <summary>
    /// The place of a datagram that may leave in every state, sent now and seen before this returns: what was tried
    /// before lies before it. Nothing else may be tried meanwhile.
    /// </summary>
    public int Mark(Machine machine)
    {
        var (sign, place) = (Guid.NewGuid().ToByteArray(), Count);
        using var socket = machine.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(0x4B617265));
        Thread.Sleep(20); // What another processor still has in hand goes first.
        socket.SendTo(sign, new IPEndPoint(_node.Address, 9));
        for (var tries = 0; tries < 500; tries++)
        {
            var packets = _capture.Packets;
            for (; place < packets.Count; place++)
            {
                if (packets[place].Frame.Span.IndexOf(sign) >= 0)
                    return place;
            }

            Thread.Sleep(10);
        }

        throw new TimeoutException("the mark did not pass");
    }

    /// <summary>Ends the capture; the packets that the kernel lost.</summary>
    public long Stop()
    {
        _capture.Stop();
        return _capture.Dropped;
    }

    public void Dispose() => _capture.Dispose();

    /// <summary>Questions for names among what was seen: attempts as well as others.</summary>
    public static int Names(IEnumerable<(Sighting What, string Words)> seen) => seen.Count(
        s => s.What == Sighting.Dns || s.Words.Contains(s_name, StringComparison.Ordinal));

    /// <summary>
    /// The flow that a packet is of, from its words: addresses, protocol, and where it has them ports. One attempt that
    /// got through is answered, and then is several packets of one flow.
    /// </summary>
    public static string FlowOf(string words)
    {
        var frame = Convert.FromHexString(words).AsSpan();
        var packet = frame[14..];
        return BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            0x0800 when packet[9] is 6 or 17 => Say(packet.Slice(12, 8), packet[9], packet[(4 * (packet[0] & 15))..]),
            0x0800 => Say(packet.Slice(12, 8), packet[9], []),
            0x86DD when packet[6] is 6 or 17 => Say(packet.Slice(8, 32), packet[6], packet[40..]),
            0x86DD => Say(packet.Slice(8, 32), packet[6], []),
            _ => words,
        };

        static string Say(ReadOnlySpan<byte> addresses, byte protocol, ReadOnlySpan<byte> segment) =>
            $"{protocol} {Convert.ToHexString(addresses)} {Convert.ToHexString(segment[..Math.Min(4, segment.Length)])}";
    }

    private Sighting Judge(ReadOnlySpan<byte> frame)
    {
        if (frame.IndexOf(LeakAttempts.Words) >= 0)
            return Sighting.Attempt;
        var packet = frame[14..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]))
        {
            case 0x0806:
                return Sighting.Arp;
            case 0x0800 when packet.Length >= 28:
                return Judge(packet[9], packet[(4 * (packet[0] & 15))..], new IPAddress(packet.Slice(16, 4)));
            case 0x86DD when packet.Length >= 44:
                return Judge(packet[6], packet[40..], new IPAddress(packet.Slice(24, 16)));
            default:
                return Sighting.Other;
        }
    }

    private Sighting Judge(byte protocol, ReadOnlySpan<byte> segment, IPAddress to)
    {
        if (protocol == 58)
            return segment[0] is 133 or 135 or 136 ? Sighting.Neighbour : Sighting.Other;
        if (protocol is not (6 or 17))
            return Sighting.Other;
        var source = BinaryPrimitives.ReadUInt16BigEndian(segment);
        var port = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        if (source is >= LeakAttempts.FirstPort and <= LeakAttempts.LastPort)
            return Sighting.Attempt;
        if (port == 53)
            return Sighting.Dns;
        if ((protocol, source, port) is (17, 68, 67) or (17, 546, 547))
            return Sighting.Dhcp;
        return protocol == 6 && to.Equals(_node.Address) && port == _node.Port ? Sighting.Channel : Sighting.Other;
    }

    private static string Describe(ReadOnlySpan<byte> frame) =>
        Convert.ToHexString(frame[..Math.Min(94, frame.Length)]);
}
