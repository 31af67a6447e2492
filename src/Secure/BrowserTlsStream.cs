using System.Buffers;
using System.Net.Security;
using Karez.Camouflage.Browser;
using Karez.Crypto;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;

namespace Karez.Secure;

/// <summary>
/// A TLS 1.3 client over any stream whose ClientHello is a browser's, for servers and networks that look at it.
/// </summary>
/// <remarks>
/// <para>One read and one write may run at the same time. A canceled read loses nothing; a canceled or failed write
/// ends writing. A read of no octets waits until there is something to read and holds no buffer meanwhile.</para>
/// <para>A read gives 0 at close_notify, and at the end of the inner stream between records, as SslStream does:
/// whoever needs to know asks <see cref="ReceivedCloseNotify"/>. An end within a record is an error.</para>
/// <para><see cref="ShutdownAsync"/> sends close_notify; disposing does not, and never waits. For HttpClient see
/// <see cref="BrowserHttp"/>. Only TLS 1.3 is spoken: a server that picks an older version is refused.</para>
/// </remarks>
public sealed partial class BrowserTlsStream : Stream
{
    // The longest record that may come, and room to read ahead of it.
    private const int InputSize = 32 * 1024;

    // Holds three whole records; the hello, which comes first, is at most one.
    private const int OutputSize = 64 * 1024;

    private readonly Stream _inner;
    private readonly BrowserTlsOptions _options;
    private readonly TlsSession _session;
    private readonly string _ticketKey;
    private readonly Lock _state = new();
    private bool _readingNow;
    private bool _writingNow;
    private bool _disposed;
    private bool _released;

    private BrowserTlsStream(
        Stream inner, BrowserTlsOptions options, TlsSession session, PeerChain peer, string ticketKey)
    {
        _inner = inner;
        _options = options;
        _session = session;
        _ticketKey = ticketKey;
        Peer = peer;
    }

    /// <summary>The server's name and certificates.</summary>
    public PeerChain Peer { get; }

    /// <summary>The protocol agreed by ALPN; default when none was.</summary>
    public SslApplicationProtocol NegotiatedApplicationProtocol =>
        _session.Alpn is { } name ? new SslApplicationProtocol(name) : default;

    /// <summary>The cipher suite.</summary>
    public CipherSuite CipherSuite => _session.CipherSuite;

    /// <summary>The group of the key exchange.</summary>
    public NamedGroup Group => _session.Group;

    /// <summary>Whether the session was resumed from a ticket.</summary>
    public bool Resumed => _session.Resumed;

    /// <summary>Whether the server said that it will send nothing more.</summary>
    public bool ReceivedCloseNotify { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => !_disposed;

    /// <inheritdoc/>
    public override bool CanWrite => !_disposed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Shakes hands over a connected stream.</summary>
    /// <param name="inner">Carries the records; owned from now on, unless the options say otherwise.</param>
    /// <param name="serverName">The host's name in ASCII, or its address.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up; the inner stream is then of no more use.</param>
    /// <exception cref="BrowserTlsException">The handshake failed, or the certificate was refused.</exception>
    public static async Task<BrowserTlsStream> ConnectAsync(
        Stream inner, string serverName, BrowserTlsOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentException.ThrowIfNullOrEmpty(serverName);
        ArgumentNullException.ThrowIfNull(options);
        if (!System.Text.Ascii.IsValid(serverName))
            throw new ArgumentException("The name is not ASCII; write its punycode.", nameof(serverName));
        try
        {
            return await ShakeHandsAsync(inner, serverName, options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (!options.LeaveInnerOpen)
                await inner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<BrowserTlsStream> ShakeHandsAsync(
        Stream inner, string serverName, BrowserTlsOptions options, CancellationToken cancellationToken)
    {
        var key = $"{options.Profile.Name} {serverName}";
        BrowserSession.KeptTicket kept = default;
        var returns = options.Session?.TryTake(key, out kept) == true;
        using var ticket = kept.Ticket;
        using var client = new TlsClient(
            Offer(serverName, options, ticket), options.Entropy);
        var input = ArrayPool<byte>.Shared.Rent(InputSize);
        var output = ArrayPool<byte>.Shared.Rent(OutputSize);
        try
        {
            var (start, end) = (0, 0);
            PeerChain? peer = null;
            while (true)
            {
                var now = options.Session?.Now ?? default;
                var status = client.Advance(
                    input.AsSpan(start..end), output, now, out var consumed, out var produced);
                start += consumed;
                if (produced > 0)
                    await inner.WriteAsync(output.AsMemory(..produced), cancellationToken).ConfigureAwait(false);
                switch (status)
                {
                    case TlsStatus.NeedOutputSpace:
                        continue;
                    case TlsStatus.NeedDecision:
                        peer = Decide(client, serverName, returns ? kept.Certificates : [], options);
                        continue;
                    case TlsStatus.NeedInput:
                        input.AsSpan(start..end).CopyTo(input);
                        (start, end) = (0, end - start);
                        var read = await inner.ReadAsync(input.AsMemory(end..), cancellationToken)
                            .ConfigureAwait(false);
                        if (read == 0)
                            throw new BrowserTlsException(TlsFault.ClosedDuringHandshake);
                        end += read;
                        continue;
                    case TlsStatus.Done:
                        // Done comes after NeedDecision only.
                        var stream = new BrowserTlsStream(inner, options, client.TakeSession(), peer!, key);
                        stream.TakeOver(input.AsSpan(start..end));
                        return stream;
                    default:
                        throw new BrowserTlsException(client.Fault, client.PeerAlert);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private static ClientOffer Offer(string serverName, BrowserTlsOptions options, ResumptionTicket? ticket)
    {
        var request = new HelloRequest { ServerName = serverName, Alpn = options.Alpn, Ticket = ticket };
        var offer = BrowserHello.Build(options.Profile, request, options.Entropy);
        return new ClientOffer
        {
            Hello = offer.Hello,
            KeyShares = offer.KeyShares,
            Ticket = offer.Ticket,
            Decompressor = new CertificateDecompressor(),
        };
    }

    /// <summary>Accepts or rejects; a rejection is seen by the next call to the machine.</summary>
    private static PeerChain Decide(
        TlsClient client, string serverName, IReadOnlyList<ReadOnlyMemory<byte>> earlier, BrowserTlsOptions options)
    {
        // A ticket outlives neither the certificates nor the trust with which it came.
        var resumed = client.Identity.Resumed;
        var chain = resumed ? earlier : client.Identity.CertificateChain;
        var fault = options.Verifier.Judge(chain, serverName);
        var peer = new PeerChain(serverName, chain, resumed, fault);
        var accepted = options.Decide?.Invoke(peer) ?? fault == TlsFault.None;
        if (accepted)
            client.Accept();
        else
            client.Reject(fault == TlsFault.None ? TlsFault.RefusedCertificate : fault);
        return peer;
    }
}
