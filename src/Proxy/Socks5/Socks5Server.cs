using Karez.Wire;

namespace Karez.Proxy.Socks5;

/// <summary>The server's side of SOCKS5 up to the answer; see docs/protocols/socks5.md.</summary>
/// <param name="credentials">What clients must show; null lets everyone in.</param>
public sealed class Socks5Server(ProxyCredentials? credentials)
{
    /// <summary>No answer is longer than this.</summary>
    public const int MaxOutput = 2 + 2 + MaxReply;

    /// <summary>No client message is longer than this; the caller's input buffer holds at least as much.</summary>
    public const int MaxMessage = 1 + 1 + 255 + 1 + 255;

    private const int MaxReply = 3 + Socks5Wire.MaxAddress;
    private const byte Version = 5, AuthVersion = 1, NoAuthentication = 0, UserPassword = 2, Refused = 0xFF;

    private State _state = State.Greeting;

    private enum State
    {
        Greeting,
        Authentication,
        Request,
        Decision,
        Over,
    }

    /// <summary>What was asked for, at <see cref="Socks5Status.NeedDecision"/>.</summary>
    public Socks5Command Command { get; private set; }

    /// <summary>Where to; for UDP ASSOCIATE what the client thinks it sends from, often none.</summary>
    public Destination Destination { get; private set; }

    /// <summary>What the client did wrong, at <see cref="Socks5Status.Failed"/>.</summary>
    public Socks5Fault Fault { get; private set; }

    /// <summary>Takes whole messages from the front of <paramref name="input"/> and answers them.</summary>
    /// <param name="input">What came and was not consumed yet.</param>
    /// <param name="output">Room for answers, at least <see cref="MaxOutput"/> octets.</param>
    /// <param name="consumed">Octets used; at <see cref="Socks5Status.NeedDecision"/> the rest is early
    /// payload.</param>
    /// <param name="produced">Octets to send, whatever the status.</param>
    public Socks5Status Advance(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int produced)
    {
        var writer = new WireWriter(output);
        consumed = 0;
        var status = ParseStatus.Done;
        while (status == ParseStatus.Done && _state < State.Decision)
        {
            var reader = new WireReader(input[consumed..]);
            status = _state switch
            {
                State.Greeting => Greet(ref reader, ref writer),
                State.Authentication => Authenticate(ref reader, ref writer),
                _ => ReadRequest(ref reader, ref writer),
            };
            if (status == ParseStatus.Done)
                consumed = input.Length - reader.Remaining;
        }

        produced = writer.Written;
        if (status == ParseStatus.Failed)
            _state = State.Over;
        return _state switch
        {
            State.Over => Socks5Status.Failed,
            State.Decision => Socks5Status.NeedDecision,
            _ => Socks5Status.NeedInput,
        };
    }

    /// <summary>Writes the answer "succeeded".</summary>
    /// <param name="bound">For UDP ASSOCIATE where to send datagrams; for CONNECT none will do.</param>
    /// <param name="output">At least <see cref="MaxOutput"/> octets.</param>
    /// <returns>Octets to send; what follows is the flow's.</returns>
    public int Accept(in Destination bound, Span<byte> output) => Answer(Socks5Reply.Succeeded, bound, output);

    /// <summary>Writes the answer for a flow that did not come about; then close.</summary>
    public int Refuse(FlowFailure failure, Span<byte> output) =>
        Answer(Socks5Wire.ReplyOf(failure), default, output);

    private int Answer(Socks5Reply reply, in Destination bound, Span<byte> output)
    {
        _state = State.Over;
        var writer = new WireWriter(output);
        WriteReply(ref writer, reply, bound);
        return writer.Written;
    }

    private ParseStatus Greet(ref WireReader reader, ref WireWriter writer)
    {
        if (!reader.TryReadUInt8(out var version))
            return ParseStatus.NeedInput;
        if (version != Version)
            return Fail(Socks5Fault.WrongVersion);
        if (!reader.TryReadVector8(out var methods))
            return ParseStatus.NeedInput;
        var method = credentials is null && methods.Contains(NoAuthentication) ? NoAuthentication
            : methods.Contains(UserPassword) ? UserPassword
            : Refused;
        writer.WriteUInt8(Version);
        writer.WriteUInt8(method);
        if (method == Refused)
            return Fail(Socks5Fault.NoMethod);
        _state = method == UserPassword ? State.Authentication : State.Request;
        return ParseStatus.Done;
    }

    private ParseStatus Authenticate(ref WireReader reader, ref WireWriter writer)
    {
        if (!reader.TryReadUInt8(out var version))
            return ParseStatus.NeedInput;
        if (version != AuthVersion)
            return Fail(Socks5Fault.WrongVersion);
        if (!reader.TryReadVector8(out var user) || !reader.TryReadVector8(out var password))
            return ParseStatus.NeedInput;
        var right = credentials is null || credentials.Match(user, password);
        writer.WriteUInt8(AuthVersion);
        writer.WriteUInt8(right ? (byte)0 : (byte)1);
        if (!right)
            return Fail(Socks5Fault.WrongCredentials);
        _state = State.Request;
        return ParseStatus.Done;
    }

    private ParseStatus ReadRequest(ref WireReader reader, ref WireWriter writer)
    {
        if (!reader.TryReadUInt8(out var version))
            return ParseStatus.NeedInput;
        if (version != Version)
            return Fail(Socks5Fault.WrongVersion);
        if (!reader.TryReadUInt8(out var command) || !reader.TryReadUInt8(out _))
            return ParseStatus.NeedInput;
        if ((Socks5Command)command is not (Socks5Command.Connect or Socks5Command.UdpAssociate))
            return Reject(ref writer, Socks5Reply.CommandNotSupported, Socks5Fault.UnknownCommand);
        switch (Socks5Wire.TryReadAddress(ref reader, out var destination))
        {
            case ParseStatus.NeedInput:
                return ParseStatus.NeedInput;
            case ParseStatus.Failed:
                return Reject(ref writer, Socks5Reply.AddressTypeNotSupported, Socks5Fault.UnknownAddressType);
            default:
                break;
        }

        if (destination.IsNone && (Socks5Command)command == Socks5Command.Connect)
            return Reject(ref writer, Socks5Reply.HostUnreachable, Socks5Fault.BadDestination);
        Command = (Socks5Command)command;
        Destination = destination;
        _state = State.Decision;
        return ParseStatus.Done;
    }

    private ParseStatus Reject(ref WireWriter writer, Socks5Reply reply, Socks5Fault fault)
    {
        WriteReply(ref writer, reply, default);
        return Fail(fault);
    }

    private static void WriteReply(ref WireWriter writer, Socks5Reply reply, in Destination bound)
    {
        writer.WriteUInt8(Version);
        writer.WriteUInt8((byte)reply);
        writer.WriteUInt8(0);
        Socks5Wire.WriteAddress(ref writer, bound);
    }

    private ParseStatus Fail(Socks5Fault fault)
    {
        Fault = fault;
        return ParseStatus.Failed;
    }
}
