
namespace Karez.Tls.Messages;

/// <summary>Joins handshake messages out of record payloads (RFC 8446 section 5.1); bounded.</summary>
/// <remarks>
/// A record may hold several messages and a message several records. Feed a payload, then take messages until there is
/// none; a message taken is borrowed and good until the next <see cref="TryAppend"/>.
/// </remarks>
public sealed class HandshakeReassembler(int maxMessageLength)
{
    /// <summary>Length of a message's header: type and u24 length.</summary>
    public const int HeaderLength = 4;

    private readonly int _maxMessageLength = maxMessageLength;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Whether a message, or a piece of one, is waiting.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>What went wrong, after a method returned false because of it.</summary>
    public TlsFault Fault { get; private set; }

    /// <summary>Takes in the payload of one handshake record.</summary>
    /// <returns>False when a message is longer than allowed: see <see cref="Fault"/>.</returns>
    public bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (Fault != TlsFault.None)
            return false;
        Reserve(payload.Length);
        payload.CopyTo(_buffer.AsSpan(_end));
        _end += payload.Length;
        return CheckLength();
    }

    /// <summary>Takes the next whole message, header included.</summary>
    public bool TryTake(out ReadOnlySpan<byte> message)
    {
        message = default;
        var waiting = _buffer.AsSpan(_start, _end - _start);
        if (Fault != TlsFault.None || waiting.Length < HeaderLength)
            return false;
        var length = HeaderLength + BodyLength(waiting);
        if (waiting.Length < length)
            return false;
        message = waiting[..length];
        _start += length;
        return CheckLength();
    }

    /// <summary>Gives the buffer back when nothing waits in it.</summary>
    public void Release()
    {
        if (!IsEmpty)
            return;
        _buffer = [];
        _start = _end = 0;
    }

    private static int BodyLength(ReadOnlySpan<byte> message) => (message[1] << 16) | (message[2] << 8) | message[3];

    /// <summary>Refuses a length as soon as it can be read, not when the message has filled the memory.</summary>
    private bool CheckLength()
    {
        var waiting = _buffer.AsSpan(_start, _end - _start);
        if (waiting.Length < HeaderLength || HeaderLength + BodyLength(waiting) <= _maxMessageLength)
            return true;
        Fault = TlsFault.MessageTooLong;
        return false;
    }

    private void Reserve(int more)
    {
        var waiting = _end - _start;
        if (_buffer.Length - _end >= more)
            return;
        var target = _buffer.Length >= waiting + more
            ? _buffer
            : new byte[Math.Max(waiting + more, Math.Min(2 * _buffer.Length, _maxMessageLength))];
        _buffer.AsSpan(_start, waiting).CopyTo(target);
        _buffer = target;
        _start = 0;
        _end = waiting;
    }
}
