using System.Runtime.CompilerServices;
using Karez.Observe.Packets;
using static Karez.Tests.PacketMaker;

namespace Karez.Lab.Tests.Detectors;

/// <summary>A TLS connection as packets, with whatever lengths and times a test needs.</summary>
internal sealed class Talk(
    string client = "10.0.0.1", int port = 40000, string server = "203.0.113.5", int serverPort = 443, double start = 0,
    double round = 10)
{
    private readonly List<(double At, byte[] Ip)> _packets = [];
    private uint _up = 1, _down = 1;

    /// <summary>The clock, in milliseconds.</summary>
    public double Now { get; private set; } = start;

    public List<(long Time, byte[] Frame)> Frames => [.. _packets.Select(p => ((long)(p.At * 1e6), p.Ip))];

    public List<Packet> Packets => [.. Frames.Select(f => PacketReader.ReadIp(f.Frame, f.Time)!)];

    /// <summary>A connection with its whole handshake.</summary>
    public static Talk Tls(
        int port = 40000, double start = 0, string server = "203.0.113.5", byte[]? hello = null,
        string client = "10.0.0.1", int flight = 3000)
    {
        var talk = new Talk(client, port, server, 443, start).Open().Up(hello ?? Hello());
        return talk.Down([.. Answer, .. Record(20, 1), .. Record(23, flight)]).Up([.. Record(20, 1), .. Record(23, 53)]);
    }

    public Talk Open()
    {
        Put(Tcp(client, port, server, serverPort, 0, 0, Syn));
        Now += round;
        Put(Tcp(server, serverPort, client, port, 0, 1, Syn | Ack));
        Put(Tcp(client, port, server, serverPort, 1, 1, Ack));
        return this;
    }

    public Talk Wait(double milliseconds)
    {
        Now += milliseconds;
        return this;
    }

    /// <summary>Sends octets up, in segments; the acknowledgment comes after the round trip.</summary>
    public Talk Up(byte[] octets)
    {
        foreach (var part in octets.Chunk(1400))
        {
            Put(Tcp(client, port, server, serverPort, _up, _down, Ack | Psh, part));
            _up += (uint)part.Length;
        }

        Now += round;
        Put(Tcp(server, serverPort, client, port, _down, _up, Ack));
        return this;
    }

    public Talk Down(byte[] octets)
    {
        foreach (var part in octets.Chunk(1400))
        {
            Put(Tcp(server, serverPort, client, port, _down, _up, Ack | Psh, part));
            _down += (uint)part.Length;
        }

        Put(Tcp(client, port, server, serverPort, _up, _down, Ack));
        return this;
    }

    /// <summary>A record of so many octets, header included; negative goes down.</summary>
    public Talk Say(params int[] lengths)
    {
        foreach (var length in lengths)
            _ = length > 0 ? Up(Record(23, length - 5)) : Down(Record(23, -length - 5));
        return this;
    }

    public Talk Close()
    {
        Put(Tcp(client, port, server, serverPort, _up, _down, Ack | Fin));
        Put(Tcp(server, serverPort, client, port, _down, _up + 1, Ack | Fin));
        return this;
    }

    /// <summary>The record of a hello, Chromium's of the fixtures, for www.example.com.</summary>
    public static byte[] Hello([CallerFilePath] string path = "") => File.ReadAllBytes(
        Path.Combine(Path.GetDirectoryName(path)!, "../../Vectors/chromium-156-clienthello.bin"));

    public static byte[] Answer { get; } =
    [
        22, 3, 3, 0, 56, 2, 0, 0, 52, 3, 3, .. new byte[32], 0, 0x13, 1, 0, 0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 29,
    ];

    /// <summary>A small hello of no browser: one suite, a name, perhaps a protocol name.</summary>
    public static byte[] PlainHello(string? name, string? protocol = null)
    {
        var extensions = new List<byte> { 0, 43, 0, 3, 2, 3, 4 };
        if (name is not null)
        {
            var octets = System.Text.Encoding.ASCII.GetBytes(name);
            var n = octets.Length;
            extensions.AddRange([0, 0, 0, (byte)(n + 5), 0, (byte)(n + 3), 0, 0, (byte)n, .. octets]);
        }

        if (protocol is not null)
        {
            var octets = System.Text.Encoding.ASCII.GetBytes(protocol);
            var n = octets.Length;
            extensions.AddRange([0, 16, 0, (byte)(n + 3), 0, (byte)(n + 1), (byte)n, .. octets]);
        }

        byte[] body =
        [
            3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0,
            (byte)(extensions.Count >> 8), (byte)extensions.Count, .. extensions,
        ];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return [22, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    private void Put(byte[] ip)
    {
        Now += 0.01;
        _packets.Add((Now, ip));
    }
}
