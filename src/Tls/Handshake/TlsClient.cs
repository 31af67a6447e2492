using System.Diagnostics;
using System.Text;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Handshake;

/// <summary>The client's side of a TLS 1.3 handshake (RFC 8446 appendix A.1).</summary>
/// <remarks>
/// <code>
///  Start -> ServerHello [-> retry -> ServerHello] -> EncryptedExtensions -> [CertificateRequest] -> Certificate
///        -> CertificateVerify -> Finished -> NeedDecision -> Accept -> our Finished goes out -> Done
/// </code>
/// A resumed handshake goes from EncryptedExtensions to Finished. No early data is sent.
/// </remarks>
public sealed partial class TlsClient : IDisposable
{
    private const ushort Tls13 = 0x0304;

    private readonly HandshakeFlow _flow = new();
    private readonly ClientOffer _offer;
    private readonly IEntropy _entropy;
    private readonly ServerIdentity _identity = new();
    private byte[] _hello;
    private State _state = State.Start;
    private CipherSuite _suite;
    private Transcript? _transcript;
    private KeySchedule? _schedule;
    private TlsSession? _session;
    private bool _taken;

    /// <summary>Starts a handshake.</summary>
    /// <param name="offer">The hello and its private halves.</param>
    /// <param name="entropy">For another key share, should the server want one.</param>
    /// <exception cref="ArgumentException">
    /// The hello is none, does not offer TLS 1.3, or does not fit its shares.
    /// </exception>
    public TlsClient(ClientOffer offer, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(entropy);
        _offer = offer;
        _entropy = entropy;
        _hello = [.. offer.Hello];
        CheckOffer();
    }

    private enum State
    {
        Start,
        ExpectServerHello,
        ExpectEncryptedExtensions,
        ExpectCertificateOrRequest,
        ExpectCertificate,
        ExpectCertificateVerify,
        ExpectFinished,
        Deciding,
        Accepted,
        Finishing,
        Done,
        Closed,
        Failed,
    }

    /// <summary>
    /// What the server did wrong, after <see cref="TlsStatus.Failed"/> or <see cref="TlsStatus.Closed"/>.
    /// </summary>
    public TlsFault Fault { get; private set; }

    /// <summary>The alert received, when the fault is <see cref="TlsFault.ReceivedAlert"/>.</summary>
    public AlertDescription? PeerAlert => _flow.PeerAlert;

    /// <summary>The server's identity; complete at <see cref="TlsStatus.NeedDecision"/>.</summary>
    public ServerIdentity Identity => _identity;

    /// <summary>Whether the server asked for another hello.</summary>
    public bool Retried => _retried;

    /// <summary>Goes as far as the input and the room for output allow.</summary>
    /// <param name="input">Unread octets; whole records are decrypted in place.</param>
    /// <param name="output">Receives what goes to the server.</param>
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
                case State.Start:
                    SendHello(now);
                    continue;
                case State.Deciding:
                    return TlsStatus.NeedDecision;
                case State.Accepted:
                    SendSecondFlight();
                    continue;
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

    /// <summary>Accepts the identity; the next <see cref="Advance"/> goes on.</summary>
    public void Accept()
    {
        if (_state != State.Deciding)
            throw new InvalidOperationException("There is nothing to decide.");
        _state = State.Accepted;
    }

    /// <summary>Refuses the identity; the next <see cref="Advance"/> produces the alert and says Failed.</summary>
    public void Reject(TlsFault fault)
    {
        if (_state != State.Deciding)
            throw new InvalidOperationException("There is nothing to decide.");
        Fail(fault == TlsFault.None ? TlsFault.RefusedCertificate : fault);
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
        _retryShare?.Dispose();
        foreach (var share in _offer.KeyShares)
            share.Dispose();
    }

    private void CheckOffer()
    {
        if (!ClientHelloView.TryParse(_hello, out var hello) || !hello.OffersVersion(Tls13))
            throw new ArgumentException("The hello is malformed or does not offer TLS 1.3.");
        foreach (var share in _offer.KeyShares)
        {
            if (!hello.KeyShares.TryGet(share.Group, out var offered) || !offered.SequenceEqual(share.PublicShare))
                throw new ArgumentException("A key share is not the one in the hello.");
        }

        const byte PskDheKe = 1;
        if (_offer.Ticket is not null
            && (!hello.PskModes.Contains(PskDheKe) || hello.Extensions.Contains(ExtensionType.PreSharedKey)))
            throw new ArgumentException("The hello has no room for a ticket.");
        _identity.ServerName = Encoding.ASCII.GetString(hello.ServerName);
    }

    /// <summary>Reads the message that the state expects; any other is a fault.</summary>
    private TlsFault Read(ReadOnlySpan<byte> message, Instant now) => (_state, (HandshakeType)message[0]) switch
    {
        (State.ExpectServerHello, HandshakeType.ServerHello) => ReadServerHello(message, now),
        (State.ExpectEncryptedExtensions, HandshakeType.EncryptedExtensions) => ReadEncryptedExtensions(message),
        (State.ExpectCertificateOrRequest, HandshakeType.CertificateRequest) => ReadCertificateRequest(message),
        (State.ExpectCertificateOrRequest or State.ExpectCertificate, HandshakeType.Certificate)
            => ReadCertificate(message, message),
        (State.ExpectCertificateOrRequest or State.ExpectCertificate, HandshakeType.CompressedCertificate)
            => ReadCompressedCertificate(message),
        (State.ExpectCertificateVerify, HandshakeType.CertificateVerify) => ReadCertificateVerify(message),
        (State.ExpectFinished, HandshakeType.Finished) => ReadFinished(message),
        _ => TlsFault.UnexpectedMessage,
    };

    /// <summary>What was offered: read back from the octets, so that there is one truth.</summary>
    private ClientHelloView OwnHello() =>
        ClientHelloView.TryParse(_hello, out var view)
            ? view
            : throw new UnreachableException("The hello parsed when it was made.");

    private void Fail(TlsFault fault)
    {
        Fault = fault;
        _state = State.Failed;
        _flow.SendAlert(fault);
    }
}
