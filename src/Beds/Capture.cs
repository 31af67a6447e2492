using System.Buffers.Binary;
using System.Net.Sockets;

namespace Karez.Beds;

/// <summary>Keeps every packet of a machine (packet(7)), from its making to its end.</summary>
public sealed class Capture : IDisposable
{
    private const int EveryProtocol = 0x0300; // ETH_P_ALL in network order.
    private const int MaxFrame = 1 << 16;
    private const int BufferSize = 8 << 20; // Our choice: some thousand frames before the reader has to run.
    private const int PacketLevel = 263; // SOL_PACKET
    private const int PacketStatistics = 6;

    private readonly Socket _socket;
    private readonly List<CapturedPacket> _packets = [];
    private readonly Thread _reader;
    private volatile bool _stopping;
    private bool _disposed;

    internal Capture(Machine machine)
    {
        _socket = machine.Enter(() => new Socket(
            AddressFamily.Packet, SocketType.Raw, (ProtocolType)EveryProtocol)
        {
            ReceiveBufferSize = BufferSize,
        });
        _reader = new Thread(Read) { IsBackground = true, Name = $"capture {machine.Name}" };
        _reader.Start();
    }

    /// <summary>Packets that the kernel could not keep, once stopped; 0, or the capture proves nothing.</summary>
    public long Dropped { get; private set; }

    /// <summary>What has passed so far.</summary>
    public IReadOnlyList<CapturedPacket> Packets
    {
        get
        {
            lock (_packets)
                return [.. _packets];
        }
    }

    /// <summary>Reads what the kernel still holds, and ends the capture; the packets stay.</summary>
    public void Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        _reader.Join();
        Span<byte> statistics = stackalloc byte[8]; // tp_packets, tp_drops
        if (_socket.GetRawSocketOption(PacketLevel, PacketStatistics, statistics) == statistics.Length)
            Dropped = BitConverter.ToUInt32(statistics[4..]);
    }

    /// <summary>The packets as a pcap file with microseconds, Ethernet (draft-ietf-opsawg-pcap).</summary>
    public byte[] ToPcap()
    {
        const int Header = 24;
        const int PacketHeader = 16;
        var packets = Packets;
        var file = new byte[Header + packets.Sum(packet => PacketHeader + packet.Frame.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(6), 4);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), MaxFrame);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(20), 1); // LINKTYPE_ETHERNET
        var rest = file.AsSpan(Header);
        foreach (var packet in packets)
        {
            var microseconds = packet.Time.ToUnixTimeMilliseconds() * 1000 + packet.Time.Microsecond;
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)(microseconds / 1_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)(microseconds % 1_000_000));
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], packet.Frame.Length);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], packet.Frame.Length);
            packet.Frame.Span.CopyTo(rest[PacketHeader..]);
            rest = rest[(PacketHeader + packet.Frame.Length)..];
        }

        return file;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Stop();
        _socket.Dispose();
    }

    private void Read()
    {
        const int Pause = 20_000; // Microseconds after which to look whether to stop.
        var frame = new byte[MaxFrame];
        while (true)
        {
            var stopping = _stopping;
            if (!_socket.Poll(stopping ? 0 : Pause, SelectMode.SelectRead))
            {
                if (stopping)
                    return;
                continue;
            }

            int length;
            try
            {
                length = _socket.Receive(frame);
            }
            catch (SocketException)
            {
                continue; // An interface went down (ENETDOWN, once); the socket lives on.
            }

            lock (_packets)
                _packets.Add(new CapturedPacket(DateTimeOffset.UtcNow, frame.AsMemory(0, length).ToArray()));
        }
    }
}
