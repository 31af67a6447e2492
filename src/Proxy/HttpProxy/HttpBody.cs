namespace Karez.Proxy.HttpProxy;

/// <summary>Finds the end of a request's body in the stream, so that nothing behind it reaches the origin.</summary>
public struct HttpBody
{
    private const int MaxSizeLine = 256;
    private readonly HttpBodyKind _kind;
    private long _left;
    private int _lineLength;
    private Part _part;

    internal HttpBody(HttpBodyKind kind, long length)
    {
        _kind = kind;
        _left = length;
        _part = kind switch
        {
            HttpBodyKind.None => Part.Over,
            HttpBodyKind.Length => Part.Data,
            _ => Part.Size,
        };
    }

    private enum Part : byte
    {
        Over,
        Size,
        SizeRest,
        SizeEnd,
        Data,
        DataCr,
        DataLf,
        Trailer,
        TrailerEnd,
    }

    /// <summary>True once the whole body has passed.</summary>
    public readonly bool IsOver => _part == Part.Over;

    /// <summary>
    /// Says how many octets of <paramref name="input"/> belong to this body: forward them as they are.
    /// </summary>
    /// <param name="input">What came from the client.</param>
    /// <param name="count">Octets of it that are body; fewer than all of them only at its end.</param>
    /// <returns>False if the chunks break the grammar: close without forwarding.</returns>
    public bool Feed(ReadOnlySpan<byte> input, out int count)
    {
        count = 0;
        while (count < input.Length && _part != Part.Over)
        {
            if (_part == Part.Data)
            {
                var taken = (int)Math.Min(_left, input.Length - count);
                count += taken;
                _left -= taken;
                if (_left == 0)
                    _part = _kind == HttpBodyKind.Length ? Part.Over : Part.DataCr;
            }
            else if (!Step(input[count++]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One octet of chunked framing (RFC 9112 section 7.1).</summary>
    private bool Step(byte octet)
    {
        if (_part < Part.Trailer && ++_lineLength > MaxSizeLine)
            return false;
        switch (_part)
        {
            case Part.Size when char.IsAsciiHexDigit((char)octet):
                if (_left > long.MaxValue >> 8)
                    return false;
                _left = (_left << 4) + (octet & 0xF) + (octet >= 'A' ? 9 : 0);
                return true;
            case Part.Size or Part.SizeRest when octet == '\r' && _lineLength > 1:
                _part = Part.SizeEnd;
                return true;
            case Part.Size when octet is (byte)';' or (byte)' ' or (byte)'\t' && _lineLength > 1:
                _part = Part.SizeRest;
                return true;
            case Part.SizeRest:
                return octet is (byte)'\t' or >= 0x20;
            case Part.SizeEnd when octet == '\n':
                _part = _left > 0 ? Part.Data : Part.Trailer;
                _lineLength = 0;
                return true;
            case Part.DataCr when octet == '\r':
                _part = Part.DataLf;
                return true;
            case Part.DataLf when octet == '\n':
                _part = Part.Size;
                _lineLength = 0;
                return true;
            case Part.Trailer when octet == '\r':
                _part = Part.TrailerEnd;
                return true;
            case Part.Trailer:
                // _left counts the whole trailer section here, _lineLength the current line.
                _lineLength++;
                return ++_left <= HttpHead.MaxLength && octet is (byte)'\t' or >= 0x20;
            case Part.TrailerEnd when octet == '\n':
                _part = _lineLength == 0 ? Part.Over : Part.Trailer;
                _lineLength = 0;
                return true;
            default:
                return false;
        }
    }
}
