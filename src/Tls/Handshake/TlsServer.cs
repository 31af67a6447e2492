using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>The server's side of a TLS 1.3 handshake (RFC 8446 appendix A.2).</summary>
/// <remarks>
/// <code>
///  ClientHello [-> retry -> ClientHello] -> our flight goes out -> Finished -> tickets go out -> Done
/// </code>
/// Asks for no client certificate and takes no early data.
/// </remarks>
public sealed partial class TlsServer : IDisposable
{
    private readonly HandshakeFlow _flow = new() { AwaitsFirstHello = true };
    private readonly TlsServerOptions _options;
    private readonly IEntropy _entropy;
    private State _state = State.ExpectClientHello;
    private CipherSuite _suite;
    private NamedGroup _group;
    private string? _alpn;
    private Transcript? _transcript;
    private KeySchedule? _schedule;
    private TlsSession? _session;
    private bool _taken;

    /// <summary>Waits for a hello.</summary>
    /// <param name="options">What the server has and wants.</param>
    /// <param name="entropy">For random, key shares and tickets.</param>
    public TlsServer(TlsServerOptions options, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(entropy);
        _options = options;
        _entropy = entropy;
    }

    private enum State
    {
        ExpectClientHello,
        ExpectSecondHello,
        ExpectFinished,
        Finishing,
        Done,
        Closed,
        Failed,
    }

    /// <summary>
    /// What the client did wrong, after <see cref="TlsStatus.Failed"/> or <see cref="TlsStatus.Closed"/>.
    /// </summary>
    public TlsFault Fault { get; private set; }

    /// <summary>The alert received, when the fault is <see cref="TlsFault.ReceivedAlert"/>.</summary>
    public AlertDescription? PeerAlert => _flow.PeerAlert;

    /// <summary>server_name as the client sent it; empty when it sent none.</summary>
    public string ServerName { get; private set; } = "";

    /// <summary>Goes as far as the input and the room for output allow.</summary>
    /// <param name="input">Unread octets; whole records are decrypted in place.</param>
    /// <param name="output">Receives what goes to the client.</param>
    /// <param name="now">The time; matters for a ticket's age.</param>
    /// <param name="consumed">Octets of input used. At <see cref="TlsStatus.Done"/> the rest is the session's.</param>
    /// <param name="produced">Octets of output written; send them whatever the status.</param>
    public TlsStatus Advance(
        Span<byte> input, Span<byte> output, Instant now, out int consumed, out int produced)
    {
        consumed = produced = 0;
        while (true)
        {
            _flow.Flush(output, ref produced);
            if (_flow.HasOutput)
                return TlsStatus.NeedOutputSpace;
            switch (_state)
            {
                case State.Finishing:
                    _state = State.Done;
                    return TlsStatus.Done;
                case State.Done:
                    return TlsStatus.Done;
                case State.Closed:
                    return TlsStatus.Closed;
                case State.Failed:
                    return TlsStatus.Failed;
            }

            switch (_flow.Receive(input, ref consumed, out var message))
            {
                case TlsStatus.Done:
                    if (Read(message, now) is var fault and not TlsFault.None)
                        Fail(fault);
                    continue;
                case TlsStatus.NeedInput:
                    return TlsStatus.NeedInput;
                case TlsStatus.Closed:
                    Fault = _flow.Fault;
                    _state = State.Closed;
                    return TlsStatus.Closed;
                default:
                    Fail(_flow.Fault);
                    continue;
            }
        }
    }

    /// <summary>Hands the session over, once.</summary>
    public TlsSession TakeSession()
    {
        if (_state != State.Done || _session is not { } session)
            throw new InvalidOperationException("There is no session, or it was taken.");
        _session = null;
        _taken = true;
        return session;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_taken && _session is null)
            _flow.Dispose();
        _session?.Dispose();
        _transcript?.Dispose();
        _schedule?.Dispose();
        _psk?.Dispose();
    }

    /// <summary>Reads the message that the state expects; any other is a fault.</summary>
    private TlsFault Read(ReadOnlySpan<byte> message, Instant now) => (_state, (HandshakeType)message[0]) switch
    {
        (State.ExpectClientHello, HandshakeType.ClientHello) => ReadFirstHello(message, now),
        (State.ExpectSecondHello, HandshakeType.ClientHello) => ReadSecondHello(message, now),
        (State.ExpectFinished, HandshakeType.Finished) => ReadFinished(message, now),
        _ => TlsFault.UnexpectedMessage,
    };

    private void Fail(TlsFault fault)
    {
        Fault = fault;
        _state = State.Failed;
        _flow.SendAlert(fault);
    }
}
