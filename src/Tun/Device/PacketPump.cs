using Karez.Ip.Headers;
using Karez.Net.Loops;

namespace Karez.Tun.Device;

/// <summary>Reads packets from the device on a loop, and writes some. Members are for the loop.</summary>
internal sealed class PacketPump : IDisposable
{
    private readonly TunDevice _device;
    private readonly IPacketSink _sink;
    private readonly TunCounters _counters;
    private readonly DescriptorWatch _watch;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(VirtioHeader.Size + MaxPacket, pinned: true);
    private bool _ended;

    public PacketPump(EventLoop loop, TunDevice device, IPacketSink sink, TunCounters counters)
    {
        (_device, _sink, _counters) = (device, sink, counters);
        _watch = new DescriptorWatch(loop, device.Descriptor, ReadBurst, () => End(null));
    }

    /// <summary>
    /// Gives the machine a packet that lies behind room for the header; complete unless <paramref name="header"/> says
    /// otherwise.
    /// </summary>
    /// <param name="framed">Header's room and packet.</param>
    /// <param name="header">What goes into the room.</param>
    public void Write(Span<byte> framed, in VirtioHeader header)
    {
        header.Write(framed);
        WriteFramed(framed);
    }

    /// <summary>The same for a packet that came with a header which still holds.</summary>
    public void WriteFramed(ReadOnlySpan<byte> framed)
    {
        var result = _device.Write(framed);
        if (result == framed.Length)
        {
            _counters.AddPacketOut();
            return;
        }

        _counters.AddLostWrite();
        if (result == -BadDescriptorState)
            End(new TunException(TunFault.DeviceGone, _device.Name, -result));
    }

    public void Dispose() => End(null);

    private void ReadBurst()
    {
        for (var i = 0; i < Burst && !_ended; i++)
        {
            var length = _device.Read(_buffer);
            if (length == -Sys.Errno.Again)
            {
                _sink.Flush();
                return;
            }

            if (length < 0)
            {
                var gone = length is -BadDescriptorState or -Sys.Errno.BadDescriptor;
                End(new TunException(gone ? TunFault.DeviceGone : TunFault.Failed, _device.Name, -length));
                return;
            }

            _counters.AddPacketIn();
            if (length <= VirtioHeader.Size)
                _counters.AddMalformed();
            else
                _sink.Take(_buffer.AsSpan(0, length));
        }

        _sink.Flush();
        _watch.Again();
    }

    private void End(TunException? why)
    {
        if (_ended)
            return;
        _ended = true;
        _watch.Dispose();
        _sink.End(why);
    }

    private const int BadDescriptorState = 77; // EBADFD: the interface behind the descriptor is gone
    private const int MaxPacket = 65_535 + 64;
    private const int Burst = 64; // packets before the loop's other work has its turn (our choice)
}
