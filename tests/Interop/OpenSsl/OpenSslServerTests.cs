using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Camouflage.Browser;
using Karez.Crypto;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Tests.Machines;
using Karez.Wire;

namespace Karez.Interop.OpenSsl;

/// <summary>Our client against `openssl s_server`.</summary>
public sealed class OpenSslServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-openssl-").FullName;
    private OpenSslProgram? _server;
    private int _port;

    public static TheoryData<CipherSuite, string> Suites => new()
    {
        { CipherSuite.Aes128GcmSha256, "TLS_AES_128_GCM_SHA256" },
        { CipherSuite.Aes256GcmSha384, "TLS_AES_256_GCM_SHA384" },
        { CipherSuite.ChaCha20Poly1305Sha256, "TLS_CHACHA20_POLY1305_SHA256" },
    };

    [Theory]
    [MemberData(nameof(Suites))]
    public void Every_suite_shakes_hands_and_carries_data_both_ways(CipherSuite suite, string name)
    {
        StartServer("p256", "-ciphersuites", name);
        using var tls = Connect(new TestHello().Offer(new SeededEntropy(1)));
        Assert.Equal(suite, tls.Session.CipherSuite);
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData(NamedGroup.X25519, "X25519")]
    [InlineData(NamedGroup.Secp256r1, "P-256")]
    [InlineData(NamedGroup.Secp384r1, "P-384")]
    public void Every_group_that_both_know_works_with_a_share(NamedGroup group, string name)
    {
        StartServer("p256", "-groups", name);
        using var tls = Connect(new TestHello { Shares = [group] }.Offer(new SeededEntropy(1)));
        Assert.Equal(group, tls.Session.Group);
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData(NamedGroup.Secp256r1, "P-256")]
    [InlineData(NamedGroup.Secp384r1, "P-384")]
    public void A_retry_brings_the_share_that_the_server_wants(NamedGroup group, string name)
    {
        StartServer("p256", "-groups", name);
        using var client = new TlsClient(new TestHello().Offer(new SeededEntropy(1)), new SeededEntropy(2));
        using var tls = BlockingTls.Connect(OpenSocket(), client);
        Assert.True(client.Retried);
        Assert.Equal(group, tls.Session.Group);
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData("p256", SignatureScheme.EcdsaSecp256r1Sha256)]
    [InlineData("p384", SignatureScheme.EcdsaSecp384r1Sha384)]
    [InlineData("p521", SignatureScheme.EcdsaSecp521r1Sha512)]
    [InlineData("rsa", SignatureScheme.RsaPssRsaeSha256)]
    [InlineData("ed25519", SignatureScheme.Ed25519)]
    public void Every_kind_of_certificate_verifies(string kind, SignatureScheme scheme)
    {
        StartServer(kind);
        using var client = new TlsClient(
            new TestHello { Schemes = [scheme] }.Offer(new SeededEntropy(1)), new SeededEntropy(2));
        using var tls = BlockingTls.Connect(OpenSocket(), client);
        Assert.Equal(scheme, client.Identity.SignatureScheme);
        Assert.Single(client.Identity.CertificateChain);
    }

    public static TheoryData<string, string, int> Browsers => new(
        from name in BrowserProfile.Names
        from groups in (string[])["X25519", "P-256"]
        from invented in (int[])[0, 192]
        select (name, groups, invented));

    [Theory]
    [MemberData(nameof(Browsers))]
    public void Every_browsers_hello_is_answered_also_with_a_retry(string name, string groups, int inventedTicket)
    {
        StartServer("p256", "-groups", groups, "-alpn", "http/1.1");
        Assert.True(BrowserProfile.TryGet(name, out var profile));
        var request = new HelloRequest { ServerName = "example.com", InventedTicket = inventedTicket };
        var offer = BrowserHello.Build(profile!, request, new SeededEntropy(1)); // True says so.
        using var tls = Connect(offer);
        Assert.Equal("http/1.1", tls.Session.Alpn);
        Assert.False(tls.Session.Resumed);
        ExchangeLines(tls);
    }

    [Fact]
    public void A_ticket_resumes_the_session()
    {
        StartServer("p256");
        ResumptionTicket? ticket;
        using (var first = Connect(new TestHello().Offer(new SeededEntropy(1))))
        {
            first.ReceiveRecord([]);
            Assert.True(first.Session.TryTakeTicket(new Instant(Environment.TickCount64), out ticket));
            Assert.False(first.Session.Resumed);
            first.SendCloseNotify();
        }

        using (ticket)
        {
            using var second = Connect(new TestHello().Offer(new SeededEntropy(3), ticket));
            Assert.True(second.Session.Resumed);
            _server!.WaitFor("Reused session-id");
            ExchangeLines(second);
        }
    }

    [Fact]
    public void A_ticket_also_resumes_through_a_retry()
    {
        StartServer("p256", "-groups", "P-256");
        ResumptionTicket? ticket;
        using (var first = Connect(new TestHello().Offer(new SeededEntropy(1))))
        {
            first.ReceiveRecord([]);
            Assert.True(first.Session.TryTakeTicket(new Instant(Environment.TickCount64), out ticket));
            first.SendCloseNotify();
        }

        using (ticket)
        {
            using var second = Connect(new TestHello().Offer(new SeededEntropy(3), ticket));
            Assert.True(second.Session.Resumed);
            ExchangeLines(second);
        }
    }

    [Fact]
    public void Key_updates_of_both_kinds_are_followed_and_answered()
    {
        StartServer("p256");
        using var tls = Connect(new TestHello().Offer(new SeededEntropy(1)));
        ExchangeLines(tls);
        _server!.Type("k\n");
        // What is typed at once with a command is lost.
        Assert.Equal(TlsReadStatus.Internal, tls.ReceiveRecord([]));
        ExchangeLines(tls);
        _server.Type("K\n"); // asks for an answer
        Assert.Equal(TlsReadStatus.Internal, tls.ReceiveRecord([]));
        ExchangeLines(tls);
        ExchangeLines(tls);
        tls.SendKeyUpdate(updateRequested: true);
        ExchangeLines(tls);
    }

    [Fact]
    public void The_protocol_is_agreed()
    {
        StartServer("p256", "-alpn", "http/1.1");
        using var tls = Connect(new TestHello().Offer(new SeededEntropy(1)));
        Assert.Equal("http/1.1", tls.Session.Alpn);
    }

    [Fact]
    public void A_request_for_a_client_certificate_is_answered_with_none()
    {
        StartServer("p256", "-verify", "1");
        using var tls = Connect(new TestHello().Offer(new SeededEntropy(1)));
        ExchangeLines(tls);
    }

    [Fact]
    public void The_servers_farewell_arrives()
    {
        StartServer("p256", "-www"); // answers one request, says close_notify and closes
        using var tls = Connect(new TestHello().Offer(new SeededEntropy(1)));
        tls.Send("GET / HTTP/1.0\r\n\r\n"u8);
        var page = new List<byte>();
        while (tls.ReceiveRecord(page) != TlsReadStatus.Closed)
        {
        }

        Assert.StartsWith("HTTP/1.0 200", Encoding.ASCII.GetString([.. page]));
    }

    public void Dispose()
    {
        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void StartServer(string keyKind, params string[] further)
    {
        Assert.SkipUnless(OpenSslProgram.IsInstalled, "The openssl program is not installed.");
        var (certificate, key) = OpenSslKeys.Make(_folder, keyKind);
        _server = OpenSslProgram.Start(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-tls1_3", .. further]);
        _port = int.Parse(_server.WaitFor(@"ACCEPT 127\.0\.0\.1:(\d+)").Groups[1].Value);
    }

    private Socket OpenSocket()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, _port);
        return socket;
    }

    private BlockingTls Connect(ClientOffer offer)
    {
        using var client = new TlsClient(offer, new SeededEntropy(2));
        return BlockingTls.Connect(OpenSocket(), client);
    }

    private int _line;

    private void ExchangeLines(BlockingTls tls)
    {
        var line = $"from the client, line {++_line}\n";
        tls.Send(Encoding.ASCII.GetBytes(line));
        _server!.WaitFor($"from the client, line {_line}\n");
        line = $"from the server, line {_line}\n";
        _server.Type(line);
        Assert.Equal(line, Encoding.ASCII.GetString(tls.Receive(line.Length)));
    }
}
