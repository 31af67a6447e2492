using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Beds;

namespace Karez.Tests.Leaks;

/// <summary>
/// A machine's programs that try to send something past the channel. Every packet has a sign by which a capture knows
/// it: the words "karez-leak" in its payload, or a source port from 6600 to 6699.
/// </summary>
internal sealed class LeakAttempts : IDisposable
{
    public const int FirstPort = 6600;
    public const int LastPort = 6699;
    public static readonly byte[] Words = Encoding.ASCII.GetBytes("karez-leak");

    /// <summary>The payload of those that have a foreign mark: they may not even leave in a pause.</summary>
    public static readonly byte[] Foreign = Encoding.ASCII.GetBytes("karez-leak foreign mark");

    /// <summary>The name that is asked for, as it stands in a question.</summary>
    public static readonly byte[] Name = [10, .. Words, 7, .. Encoding.ASCII.GetBytes("example"), 0];

    private readonly List<Action> _kinds = [];
    private readonly List<Socket> _sockets = [];
    private readonly Machine _machine;
    private readonly string _link;
    private int _port = FirstPort;

    /// <param name="machine">The machine.</param>
    /// <param name="link">The interface past which they try.</param>
    /// <param name="node">The node, whose address they know.</param>
    public LeakAttempts(Machine machine, string link, IPEndPoint node)
    {
        (_machine, _link) = (machine, link);
        machine.Enter(() =>
        {
            Prepare(node);
            return true;
        });
    }

    /// <summary>How many packets were tried, refused ones counted.</summary>
    public int Tried { get; private set; }

    /// <summary>Of those, how many the kernel took.</summary>
    public int Taken { get; private set; }

    /// <summary>The kinds that one round has.</summary>
    public int Kinds => _kinds.Count;

    /// <summary>Tries every kind so many times.</summary>
    public void Send(int rounds)
    {
        for (var round = 0; round < rounds; round++)
            _kinds.ForEach(Try);
    }

    /// <summary>Tries kind after kind until something is so, which is looked at after each.</summary>
    /// <param name="isSo">Called on a thread within the machine.</param>
    public void SendUntil(Func<bool> isSo) => _machine.Enter(() =>
    {
        var began = Stopwatch.StartNew();
        for (var next = 0; !isSo(); next = (next + 1) % _kinds.Count)
        {
            if (began.Elapsed > TimeSpan.FromMinutes(1))
                throw new TimeoutException("it never was so");
            Try(_kinds[next]);
        }

        return true;
    });

    private void Try(Action kind)
    {
        Tried++;
        try
        {
            kind();
            Taken++;
        }
        catch (SocketException)
        {
            // Refused, or no way: as it should be.
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private void Prepare(IPEndPoint node)
    {
        var world = new IPEndPoint(IPAddress.Parse("203.0.113.77"), 4000);
        var world6 = new IPEndPoint(IPAddress.Parse("2001:db8:77::1"), 4000);
        var question = Question();
        Udp(world, Words);
        Udp(world, Words, socket => Bind(socket));
        Udp(world, Foreign, socket => Mark(socket, 0x1234));
        Udp(world, Foreign, socket => Mark(socket, 0x4B617264)); // one bit off
        Udp(new IPEndPoint(node.Address, 4000), Words);
        Udp(new IPEndPoint(IPAddress.Parse("192.0.2.53"), 53), question);
        Udp(new IPEndPoint(IPAddress.Parse("192.0.2.53"), 53), question, socket => Bind(socket));
        Udp(new IPEndPoint(IPAddress.Parse("224.0.0.251"), 5353), question, socket => Bind(socket));
        Udp(new IPEndPoint(IPAddress.Parse("239.1.2.3"), 4000), Words, socket => Bind(socket));
        Udp(new IPEndPoint(IPAddress.Parse("203.0.113.67"), 67), Words, socket =>
        {
            Bind(socket);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, 68));
        });
        Udp(world6, Words);
        Udp(world6, Words, socket => Bind(socket));
        Udp(new IPEndPoint(IPAddress.Parse("ff02::fb"), 5353), question, socket => Bind(socket));
        Raw(ProtocolType.Icmp, new IPEndPoint(world.Address, 0), Echo(8), null);
        Raw(ProtocolType.Icmp, new IPEndPoint(world.Address, 0), Echo(8), socket => Bind(socket));
        Raw(ProtocolType.IcmpV6, new IPEndPoint(world6.Address, 0), Echo(128), socket => Bind(socket));
        Raw(ProtocolType.IcmpV6, new IPEndPoint(IPAddress.Parse("ff02::1"), 0), Advertisement(), RouterLike);
        Raw(ProtocolType.IcmpV6, new IPEndPoint(world6.Address, 0), Solicitation(), RouterLike);
        Syn(world);
        Syn(node); // the node's own address and port, by another program
        Connect(world);
        Connect(node);
        Connect(new IPEndPoint(IPAddress.Parse("192.0.2.53"), 53));
    }

    private void Udp(IPEndPoint to, byte[] payload, Action<Socket>? prepare = null)
    {
        var socket = Keep(new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        prepare?.Invoke(socket);
        _kinds.Add(() => socket.SendTo(payload, to));
    }

    private void Raw(ProtocolType protocol, IPEndPoint to, byte[] payload, Action<Socket>? prepare)
    {
        var socket = Keep(new Socket(to.AddressFamily, SocketType.Raw, protocol));
        prepare?.Invoke(socket);
        _kinds.Add(() => socket.SendTo(payload, to));
    }

    /// <summary>A SYN written by hand, past the machine's TCP.</summary>
    private void Syn(IPEndPoint to)
    {
        var socket = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));
        Bind(socket);
        var packet = new byte[40];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 40);
        (packet[8], packet[9]) = (64, 6);
        IPAddress.Parse("10.9.0.1").TryWriteBytes(packet.AsSpan(12), out _);
        to.Address.TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), LastPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)to.Port);
        (packet[32], packet[33]) = (0x50, 2);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        _kinds.Add(() => socket.SendTo(packet, new IPEndPoint(to.Address, 0)));
    }

    /// <summary>The machine's own TCP, bound to the outer interface, each time from another port.</summary>
    private void Connect(IPEndPoint to) => _kinds.Add(() =>
    {
        using var socket = _machine.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
        Bind(socket);
        socket.LingerState = new LingerOption(true, 0);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, _port));
        _port = _port >= LastPort - 1 ? FirstPort : _port + 1;
        try
        {
            socket.Connect(to);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // Its SYN is on its way, or was refused.
        }
    });

    private Socket Keep(Socket socket)
    {
        socket.Blocking = false;
        _sockets.Add(socket);
        return socket;
    }

    private void Bind(Socket socket) => socket.SetRawSocketOption(1, 25, Encoding.ASCII.GetBytes($"{_link}\0"));

    private static void Mark(Socket socket, int mark) => socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(mark));

    private void RouterLike(Socket socket)
    {
        Bind(socket);
        socket.SetRawSocketOption(41, 18, BitConverter.GetBytes(255)); // IPV6_MULTICAST_HOPS
        socket.SetRawSocketOption(41, 16, BitConverter.GetBytes(255)); // IPV6_UNICAST_HOPS
    }

    private static byte[] Question() => [0x4B, 0x5A, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name, 0, 1, 0, 1];

    private static byte[] Echo(byte type)
    {
        byte[] packet = [type, 0, 0, 0, 0, 1, 0, 1, .. Words];
        if (type != 8)
            return packet; // The kernel fills in ICMPv6 checksums.
        uint sum = 0;
        for (var i = 0; i + 1 < packet.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)~sum);
        return packet;
    }

    /// <summary>A router advertisement (RFC 4861 section 4.2) with an option of ours.</summary>
    private static byte[] Advertisement() =>
        [134, 0, 0, 0, 64, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 253, 2, .. Words, 0, 0, 0, 0];

    /// <summary>A neighbour solicitation that is none: sent to the world.</summary>
    private static byte[] Solicitation()
    {
        var target = IPAddress.Parse("2001:db8:77::1").GetAddressBytes();
        return [135, 0, 0, 0, 0, 0, 0, 0, .. target, 253, 2, .. Words, 0, 0, 0, 0];
    }
}
