using System.Net;
using System.Text;

namespace Karez.Sys.Netlink;

/// <summary>
/// Writes one netlink message (netlink(7)): a header of 16 octets, a fixed part, and attributes of four octets of
/// header each (length, type), padded to four. Numbers are in host order.
/// </summary>
internal ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    public NetlinkWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        buffer.Clear();
        BitConverter.TryWriteBytes(buffer[4..], type);
        BitConverter.TryWriteBytes(buffer[6..], flags);
        _length = HeaderSize;
    }

    /// <summary>The message so far, its length filled in.</summary>
    public readonly Span<byte> Message
    {
        get
        {
            BitConverter.TryWriteBytes(_buffer, _length);
            return _buffer[.._length];
        }
    }

    /// <summary>Room for the fixed part, all zeroes.</summary>
    public Span<byte> Fixed(int size)
    {
        var room = _buffer.Slice(_length, size);
        _length += Aligned(size);
        return room;
    }

    public void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        BitConverter.TryWriteBytes(_buffer[_length..], (ushort)(AttributeHeader + value.Length));
        BitConverter.TryWriteBytes(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + AttributeHeader)..]);
        _length += Aligned(AttributeHeader + value.Length);
    }

    public void Add(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BitConverter.TryWriteBytes(octets, value);
        Add(type, octets);
    }

    public void Add(ushort type, IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var count);
        Add(type, octets[..count]);
    }

    /// <summary>A name of at most 15 octets, as links have (IFNAMSIZ); what is longer is cut.</summary>
    public void Add(ushort type, string name)
    {
        Span<byte> octets = stackalloc byte[MaxName + 1];
        var count = Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, MaxName)), octets);
        octets[count] = 0;
        Add(type, octets[..(count + 1)]);
    }

    internal static int Aligned(int length) => (length + 3) & ~3;

    internal const int HeaderSize = 16;
    internal const int AttributeHeader = 4;
    private const int MaxName = 15;
}
