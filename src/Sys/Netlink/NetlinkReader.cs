using System.Net;
using System.Text;

namespace Karez.Sys.Netlink;

/// <summary>Walks the attributes of a message; stops at the first that does not fit.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>The present attribute's type, without the flags that mark nesting and byte order.</summary>
    public ushort Type { get; private set; }

    /// <summary>The present attribute's octets.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly uint Number => Value.Length >= 4 ? BitConverter.ToUInt32(Value) : 0;

    public readonly IPAddress? Address => Value.Length is 4 or 16 ? new IPAddress(Value) : null;

    /// <summary>Up to the first zero.</summary>
    public readonly string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    public bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.AttributeHeader)
            return false;
        var length = BitConverter.ToUInt16(_rest);
        if (length < NetlinkWriter.AttributeHeader || length > _rest.Length)
            return false;
        Type = (ushort)(BitConverter.ToUInt16(_rest[2..]) & 0x3FFF);
        Value = _rest[NetlinkWriter.AttributeHeader..length];
        _rest = _rest[Math.Min(NetlinkWriter.Aligned(length), _rest.Length)..];
        return true;
    }
}
