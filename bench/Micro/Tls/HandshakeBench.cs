using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using Karez.Camouflage.Browser;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;

namespace Karez.Micro.Tls;

/// <summary>A whole handshake, both machines, a browser's hello and an ECDSA certificate.</summary>
public class HandshakeBench
{
    private readonly SeededEntropy _entropy = new(1);
    private readonly byte[] _up = new byte[32 * 1024];
    private readonly byte[] _down = new byte[32 * 1024];
    private TlsServerOptions? _options;

    [GlobalSetup]
    public void MakeCertificate()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=www.example.com", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        _options = new TlsServerOptions
        {
            CertificateChain = [certificate.RawData],
            Signer = KeySigner.Ecdsa(key),
            Alpn = ["h2"],
        };
    }

    [Benchmark]
    public bool Both_sides()
    {
        using var client = new TlsClient(
            BrowserHello.Build(BrowserProfile.Default, "www.example.com", _entropy), _entropy);
        using var server = new TlsServer(_options!, _entropy); // set up before the first run
        var (clientStatus, serverStatus) = (TlsStatus.NeedInput, TlsStatus.NeedInput);
        var (upLength, downLength) = (0, 0);
        while ((clientStatus, serverStatus) != (TlsStatus.Done, TlsStatus.Done))
        {
            if (clientStatus != TlsStatus.Done)
            {
                clientStatus = client.Advance(
                    _down.AsSpan(0, downLength), _up.AsSpan(upLength), default, out var read, out var sent);
                Move(_down, ref downLength, read, ref upLength, sent);
                if (clientStatus == TlsStatus.NeedDecision)
                    client.Accept();
            }

            if (serverStatus != TlsStatus.Done)
            {
                serverStatus = server.Advance(
                    _up.AsSpan(0, upLength), _down.AsSpan(downLength), default, out var read, out var sent);
                Move(_up, ref upLength, read, ref downLength, sent);
            }

            if (clientStatus == TlsStatus.Failed || serverStatus == TlsStatus.Failed)
                throw new InvalidOperationException($"{client.Fault} {server.Fault}");
        }

        client.TakeSession().Dispose();
        server.TakeSession().Dispose();
        return true;
    }

    private static void Move(byte[] from, ref int waiting, int read, ref int other, int sent)
    {
        from.AsSpan(read, waiting - read).CopyTo(from);
        waiting -= read;
        other += sent;
    }
}
