using System.Buffers.Binary;

namespace Karez.Observe;

/// <summary>Finds the TLS records in one direction of a TCP stream (docs/protocols/observe.md).</summary>
public sealed class RecordSplitter
{
    private const int HeaderLength = 5;
    private const int MaxBody = (1 << 14) + 2048;

    private readonly byte[] _header = new byte[HeaderLength];
    private int _headerHeld;
    private int _bodyLeft;
    private RecordSight _open;
    private bool _inBody;

    /// <summary>Octets fed so far.</summary>
    public long Position { get; private set; }

    /// <summary>Offset of the first octets that are no record header; null while everything was TLS.</summary>
    public long? NotTlsFrom { get; private set; }

    /// <summary>True when a gap took a record's header: <see cref="NotTlsFrom"/> then says where, not what.</summary>
    public bool LostTrack { get; private set; }

    /// <summary>True when the stream stops inside a record or its header.</summary>
    public bool InsideRecord => NotTlsFrom is null && (_inBody || _headerHeld > 0);

    /// <summary>Takes the next octets of the stream.</summary>
    /// <param name="octets">The octets, in any pieces.</param>
    /// <param name="ended">Gets the records that ended within <paramref name="octets"/>.</param>
    public void Feed(ReadOnlySpan<byte> octets, ICollection<RecordSight> ended)
    {
        ArgumentNullException.ThrowIfNull(ended);
        while (NotTlsFrom is null && !octets.IsEmpty)
        {
            var taken = _inBody ? TakeBody(octets.Length) : TakeHeader(octets);
            Position += taken;
            octets = octets[taken..];
            if (_inBody && _bodyLeft == 0)
            {
                ended.Add(_open);
                _inBody = false;
            }
        }

        Position += octets.Length;
    }

    /// <summary>Passes over octets that the capture does not have.</summary>
    /// <param name="count">How many.</param>
    /// <param name="ended">Gets the record that ended with them.</param>
    public void Skip(long count, ICollection<RecordSight> ended)
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (NotTlsFrom is null && count > 0)
        {
            if (_inBody && count <= _bodyLeft)
            {
                _bodyLeft -= (int)count;
                if (_bodyLeft == 0)
                {
                    ended.Add(_open);
                    _inBody = false;
                }
            }
            else
            {
                NotTlsFrom = Position;
                LostTrack = true;
            }
        }

        Position += count;
    }

    private int TakeBody(int available)
    {
        var taken = Math.Min(available, _bodyLeft);
        _bodyLeft -= taken;
        return taken;
    }

    private int TakeHeader(ReadOnlySpan<byte> octets)
    {
        var taken = Math.Min(octets.Length, HeaderLength - _headerHeld);
        octets[..taken].CopyTo(_header.AsSpan(_headerHeld));
        _headerHeld += taken;
        var offset = Position + taken - _headerHeld;
        if (!Plausible())
        {
            NotTlsFrom = offset;
            return taken;
        }

        if (_headerHeld == HeaderLength)
        {
            var version = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(1));
            _bodyLeft = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(3));
            _open = new RecordSight(offset, _header[0], version, HeaderLength + _bodyLeft);
            _headerHeld = 0;
            _inBody = true;
        }

        return taken;
    }

    // Judges as much of the header as there is, so that "not TLS" is said at the first wrong octet.
    private bool Plausible() =>
        (_headerHeld < 1 || _header[0] is >= 20 and <= 24)
        && (_headerHeld < 2 || _header[1] == 3)
        && (_headerHeld < 3 || _header[2] <= 4)
        && (_headerHeld < 5 || BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(3)) <= MaxBody);
}
