using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Karez.Secure;

/// <summary>A <see cref="BrowserTlsStream"/> in the only shape in which HttpClient takes a stream for https.</summary>
/// <remarks>
/// SocketsHttpHandler uses an SslStream from its callback as it is, but takes the protocol from a property that cannot
/// be overridden and wants the base's handshake done. So the base shakes hands in memory, with a certificate that no
/// one else ever sees, to know the protocol; every octet goes through the stream within.
/// </remarks>
internal sealed class BrowserSslStream : SslStream
{
    private static readonly Lazy<X509Certificate2> s_certificate = new(MakeCertificate);

    private readonly BrowserTlsStream _stream;
    private readonly Lazy<X509Certificate2?> _remote;

    private BrowserSslStream(BrowserTlsStream stream, Stream memory)
        : base(memory, leaveInnerStreamOpen: false, (_, certificate, _, _) => IsOurs(certificate))
    {
        _stream = stream;
        _remote = new(() => stream.Peer.Certificates is [var leaf, ..]
            ? X509CertificateLoader.LoadCertificate(leaf.Span)
            : null);
    }

    public override bool CanRead => _stream.CanRead;

    public override bool CanWrite => _stream.CanWrite;

    public override SslProtocols SslProtocol => SslProtocols.Tls13;

    public override TlsCipherSuite NegotiatedCipherSuite => (TlsCipherSuite)_stream.CipherSuite;

    public override X509Certificate? RemoteCertificate => _remote.Value;

    public override bool CheckCertRevocationStatus => false;

    /// <summary>Wraps a stream; it is disposed when that fails.</summary>
    public static async Task<BrowserSslStream> WrapAsync(BrowserTlsStream stream, CancellationToken cancellationToken)
    {
        var (near, far) = MemoryPair.Make();
        var wrapped = new BrowserSslStream(stream, near);
        try
        {
            await using var other = new SslStream(far);
            var protocol = stream.NegotiatedApplicationProtocol;
            List<SslApplicationProtocol>? protocols = protocol == default ? null : [protocol];
            var server = other.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = s_certificate.Value,
                    ApplicationProtocols = protocols,
                    EnabledSslProtocols = SslProtocols.Tls13,
                },
                cancellationToken);
            var client = wrapped.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = stream.Peer.ServerName,
                    ApplicationProtocols = protocols,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                },
                cancellationToken);
            await Task.WhenAll(server, client).ConfigureAwait(false);
            return wrapped;
        }
        catch
        {
            await wrapped.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override int Read(Span<byte> buffer) => _stream.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => _stream.Read(buffer, offset, count);

    public override int ReadByte()
    {
        Span<byte> octet = stackalloc byte[1];
        return _stream.Read(octet) == 0 ? -1 : octet[0];
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.ReadAsync(buffer, offset, count, cancellationToken);

    public override IAsyncResult BeginRead(
        byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        _stream.BeginRead(buffer, offset, count, asyncCallback, asyncState);

    public override int EndRead(IAsyncResult asyncResult) => _stream.EndRead(asyncResult);

    public override void Write(ReadOnlySpan<byte> buffer) => _stream.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    public override void WriteByte(byte value) => _stream.Write([value]);

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.WriteAsync(buffer, offset, count, cancellationToken);

    public override IAsyncResult BeginWrite(
        byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        _stream.BeginWrite(buffer, offset, count, asyncCallback, asyncState);

    public override void EndWrite(IAsyncResult asyncResult) => _stream.EndWrite(asyncResult);

    public override void Flush() => _stream.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _stream.FlushAsync(cancellationToken);

    public override Task ShutdownAsync() => _stream.ShutdownAsync();

    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsOurs(X509Certificate? certificate) =>
        certificate?.GetRawCertData().AsSpan().SequenceEqual(s_certificate.Value.RawDataMemory.Span) == true;

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=within", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }
}
