using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Crypto;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Tests.Machines;
using Karez.Wire;

namespace Karez.Interop.OpenSsl;

/// <summary>Our server against `openssl s_client`.</summary>
public sealed class OpenSslClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-openssl-").FullName;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Secret _ticketKey = new(Enumerable.Range(0, 32).Select(octet => (byte)octet).ToArray());
    private OpenSslProgram? _client;
    private int _line;

    public OpenSslClientTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public static TheoryData<CipherSuite, string> Suites => OpenSslServerTests.Suites;

    [Theory]
    [MemberData(nameof(Suites))]
    public void Every_suite_shakes_hands_and_carries_data_both_ways(CipherSuite suite, string name)
    {
        using var tls = Accept(TestIdentity.EcdsaP256, "-ciphersuites", name);
        Assert.Equal(suite, tls.Session.CipherSuite);
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData(NamedGroup.X25519, "X25519")]
    [InlineData(NamedGroup.Secp256r1, "P-256")]
    [InlineData(NamedGroup.Secp384r1, "P-384")]
    public void Every_group_that_both_know_works_with_a_share(NamedGroup group, string name)
    {
        using var tls = Accept(TestIdentity.EcdsaP256, "-groups", name);
        Assert.Equal(group, tls.Session.Group);
        ExchangeLines(tls);
    }

    [Fact]
    public void A_retry_for_another_group_is_followed()
    {
        using var tls = Accept(
            TestIdentity.EcdsaP256 with { Groups = [NamedGroup.Secp384r1] }, "-groups", "X25519:P-384");
        Assert.Equal(NamedGroup.Secp384r1, tls.Session.Group);
        ExchangeLines(tls);
    }

    [Fact]
    public void A_retry_with_a_cookie_alone_is_followed()
    {
        using var tls = Accept(TestIdentity.EcdsaP256 with { ForceRetry = true });
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    [InlineData("rsa")]
    [InlineData("ed25519")]
    public void Every_kind_of_key_signs_what_the_client_verifies(string kind)
    {
        using var tls = Accept(TestIdentity.Named(kind));
        ExchangeLines(tls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ticket_of_ours_resumes_the_session(bool retried)
    {
        var saved = Path.Combine(_folder, "session.pem");
        var options = TestIdentity.EcdsaP256 with { TicketKey = _ticketKey, ForceRetry = retried };
        using (var first = Accept(options, "-sess_out", saved))
        {
            Assert.False(first.Session.Resumed);
            ExchangeLines(first);
        }

        _client!.Dispose();
        using var second = Accept(options, "-sess_in", saved);
        Assert.True(second.Session.Resumed);
        _client.WaitFor("Reused, TLSv1.3");
        ExchangeLines(second);
    }

    [Fact]
    public void Key_updates_of_both_kinds_are_followed_and_answered()
    {
        using var tls = Accept(TestIdentity.EcdsaP256);
        ExchangeLines(tls);
        _client!.Type("k\n");
        Assert.Equal(TlsReadStatus.Internal, tls.ReceiveRecord([]));
        LetItTurn();
        ExchangeLines(tls);
        _client.Type("K\n"); // asks for an answer
        Assert.Equal(TlsReadStatus.Internal, tls.ReceiveRecord([]));
        LetItTurn();
        ExchangeLines(tls);
        tls.SendKeyUpdate(updateRequested: true);
        ExchangeLines(tls);
    }

    /// <summary>What s_client reads in the turn of its loop that carries out a command is lost.</summary>
    private static void LetItTurn() => Thread.Sleep(500);

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
        _ticketKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private BlockingTls Accept(TlsServerOptions options, params string[] further)
    {
        Assert.SkipUnless(OpenSslProgram.IsInstalled, "The openssl program is not installed.");
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port; // Bound in the constructor.
        _client = OpenSslProgram.Start(
            ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1_3", "-servername", "example.com", .. further]);
        using var server = new TlsServer(options, new SeededEntropy(1));
        return BlockingTls.Accept(_listener.Accept(), server);
    }

    private void ExchangeLines(BlockingTls tls)
    {
        var line = $"from the client, line {++_line}\n";
        _client!.Type(line);
        Assert.Equal(line, Encoding.ASCII.GetString(tls.Receive(line.Length)));
        line = $"from the server, line {_line}\n";
        tls.Send(Encoding.ASCII.GetBytes(line));
        _client.WaitFor(line);
    }
}
