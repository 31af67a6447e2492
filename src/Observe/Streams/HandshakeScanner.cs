namespace Karez.Observe.Streams;

/// <summary>
/// Reads the handshake messages that one direction sends in clear, across records, up to the first record of another
/// type. Keeps the first message whole, of the others type and length.
/// </summary>
public sealed class HandshakeScanner
{
    /// <summary>The longest first message that is kept (our limit).</summary>
    public const int MaxHello = 1 << 16;

    private const int MaxMessages = 32; // Our limit.
    private const byte HandshakeRecord = 22;

    private readonly List<HandshakeSight> _messages = [];
    private readonly byte[] _record = new byte[5];
    private readonly byte[] _message = new byte[4];
    private byte[]? _hello;
    private int _helloHeld;
    private int _recordHeld;
    private int _recordLeft;
    private int _messageHeld;
    private int _messageLeft;

    /// <summary>Complete messages, in order; at most 32.</summary>
    public IReadOnlyList<HandshakeSight> Messages => _messages;

    /// <summary>The first message with its header, once it is complete.</summary>
    public ReadOnlyMemory<byte> First =>
        _messages.Count > 0 && _hello is not null && _helloHeld == _hello.Length ? _hello : default;

    /// <summary>Nothing more will be found: another record type, no TLS, a gap, or a limit.</summary>
    public bool Ended { get; private set; }

    /// <summary>Takes the next octets of the stream, in any pieces.</summary>
    public void Feed(ReadOnlySpan<byte> octets)
    {
        while (!Ended && !octets.IsEmpty)
            octets = octets[(_recordLeft > 0 ? TakeBody(octets) : TakeHeader(octets))..];
    }

    /// <summary>Says that octets are missing.</summary>
    public void Skip() => Ended = true;

    private int TakeHeader(ReadOnlySpan<byte> octets)
    {
        var taken = Math.Min(octets.Length, _record.Length - _recordHeld);
        octets[..taken].CopyTo(_record.AsSpan(_recordHeld));
        _recordHeld += taken;
        if (_record[0] != HandshakeRecord || (_recordHeld > 1 && _record[1] != 3))
        {
            Ended = true;
            return taken;
        }

        if (_recordHeld == _record.Length)
        {
            _recordLeft = (_record[3] << 8) | _record[4];
            _recordHeld = 0;
        }

        return taken;
    }

    private int TakeBody(ReadOnlySpan<byte> octets)
    {
        octets = octets[..Math.Min(octets.Length, _recordLeft)];
        var taken = _messageHeld < _message.Length ? TakeMessageHeader(octets) : TakeMessage(octets);
        _recordLeft -= taken;
        return taken;
    }

    private int TakeMessageHeader(ReadOnlySpan<byte> octets)
    {
        var taken = Math.Min(octets.Length, _message.Length - _messageHeld);
        octets[..taken].CopyTo(_message.AsSpan(_messageHeld));
        _messageHeld += taken;
        if (_messageHeld < _message.Length)
            return taken;
        _messageLeft = (_message[1] << 16) | (_message[2] << 8) | _message[3];
        if (_messages.Count == 0 && _hello is null)
        {
            if (_messageLeft > MaxHello)
            {
                Ended = true;
                return taken;
            }

            _hello = new byte[4 + _messageLeft];
            _message.CopyTo(_hello, 0);
            _helloHeld = 4;
        }

        if (_messageLeft == 0)
            EndMessage();
        return taken;
    }

    private int TakeMessage(ReadOnlySpan<byte> octets)
    {
        var taken = Math.Min(octets.Length, _messageLeft);
        if (_messages.Count == 0)
        {
            octets[..taken].CopyTo(_hello.AsSpan(_helloHeld));
            _helloHeld += taken;
        }

        _messageLeft -= taken;
        if (_messageLeft == 0)
            EndMessage();
        return taken;
    }

    private void EndMessage()
    {
        _messages.Add(new HandshakeSight(
            _message[0], 4 + ((_message[1] << 16) | (_message[2] << 8) | _message[3])));
        _messageHeld = 0;
        Ended = _messages.Count == MaxMessages;
    }
}
