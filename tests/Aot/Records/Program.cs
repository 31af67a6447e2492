using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Karez.Camouflage.Browser;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Tls.Records;
using Karez.Wire;

// A browser's hello against our server machine, then records both ways, in native code. Prints one line a fact.
const int Records = 10_000;
var (client, server) = ShakeHands();
Console.WriteLine($"handshake {client.CipherSuite} {client.Group} {client.Alpn}");
foreach (var length in (int[])[1, 1_400, RecordSealer.MaxPayload])
{
    Carry(client, server, length, 100); // first calls set up what is lazy
    Console.WriteLine($"up {length} {Measure(client, server, length)}");
    Carry(server, client, length, 100);
    Console.WriteLine($"down {length} {Measure(server, client, length)}");
}

static long Measure(TlsSession from, TlsSession to, int length)
{
    var before = GC.GetAllocatedBytesForCurrentThread();
    Carry(from, to, length, Records);
    var after = GC.GetAllocatedBytesForCurrentThread();

    // The one array that the run itself makes.
    return after - before - Scratch.Allocated;
}

static void Carry(TlsSession from, TlsSession to, int length, int records)
{
    var buffer = Scratch.Make();
    for (var i = 0; i < records; i++)
    {
        var total = from.Seal(buffer, RecordSealer.Headroom, length);
        var status = to.Open(buffer.AsSpan(0, total), out var consumed, out var offset, out var opened);
        if (status != TlsReadStatus.Data || consumed != total || opened != length || offset != RecordSealer.Headroom)
            throw new InvalidOperationException($"record {i} of {length} octets: {status}");
    }
}

static (TlsSession Client, TlsSession Server) ShakeHands()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest("CN=www.example.com", key, HashAlgorithmName.SHA256);
    using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
    var entropy = new SeededEntropy(1);
    using var client = new TlsClient(BrowserHello.Build(BrowserProfile.Default, "www.example.com", entropy), entropy);
    using var server = new TlsServer(
        new TlsServerOptions
        {
            CertificateChain = [certificate.RawData],
            Signer = KeySigner.Ecdsa(key),
            Alpn = ["h2"],
        },
        entropy);
    var toServer = new List<byte>();
    var toClient = new List<byte>();
    var output = new byte[32 * 1024];
    var (clientStatus, serverStatus) = (TlsStatus.NeedInput, TlsStatus.NeedInput);
    for (var round = 0; round < 20 && (clientStatus, serverStatus) != (TlsStatus.Done, TlsStatus.Done); round++)
    {
        if (clientStatus != TlsStatus.Done)
        {
            var input = toClient.ToArray();
            clientStatus = client.Advance(input, output, new Instant(round), out var consumed, out var produced);
            toClient.RemoveRange(0, consumed);
            toServer.AddRange(output[..produced]);
            if (clientStatus == TlsStatus.NeedDecision)
                client.Accept();
        }

        if (serverStatus != TlsStatus.Done)
        {
            var input = toServer.ToArray();
            serverStatus = server.Advance(input, output, new Instant(round), out var consumed, out var produced);
            toServer.RemoveRange(0, consumed);
            toClient.AddRange(output[..produced]);
        }
    }

    var sessions = (client.TakeSession(), server.TakeSession());
    var rest = toClient.ToArray();
    for (var at = 0; at < rest.Length;)
    {
        sessions.Item1.Open(rest.AsSpan(at), out var consumed, out _, out _); // tickets
        at += consumed;
    }

    return sessions;
}

/// <summary>The buffer that records are sealed and opened in.</summary>
internal static class Scratch
{
    public static long Allocated { get; private set; }

    public static byte[] Make()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = new byte[RecordSealer.MaxRecord];
        Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return buffer;
    }
}
