using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

public sealed class RetryAndResumptionTests : IDisposable
{
    private readonly Secret _ticketKey = new(Enumerable.Range(0, 32).Select(octet => (byte)octet).ToArray());

    private TlsServerOptions Resuming => TestIdentity.EcdsaP256 with { TicketKey = _ticketKey };

    [Theory]
    [InlineData(NamedGroup.Secp256r1)]
    [InlineData(NamedGroup.Secp384r1)]
    [InlineData(NamedGroup.X25519MLKEM768)]
    public void A_group_without_a_share_costs_one_retry(NamedGroup group)
    {
        using var pair = new Pair(
            new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256 with { Groups = [group] });
        pair.RunToDone();
        Assert.True(pair.Client.Retried);
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        Assert.Equal((group, group), (client.Group, server.Group));
        Sessions.Exchange(client, server);
        Assert.Equal(
            [ContentType.Handshake, ContentType.ChangeCipherSpec, ContentType.Handshake, ContentType.ApplicationData],
            pair.ToServer.Records().Select(record => record.Type));
        Assert.Equal(
            [ContentType.Handshake, ContentType.ChangeCipherSpec, ContentType.Handshake, ContentType.ApplicationData],
            pair.ToClient.Records().Select(record => record.Type));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cookie_comes_back_with_and_without_another_group(bool otherGroup)
    {
        using var pair = new Pair(
            new TestHello().Offer(new SeededEntropy(1)),
            TestIdentity.EcdsaP256 with
            {
                ForceRetry = true,
                Groups = otherGroup ? [NamedGroup.Secp256r1] : [NamedGroup.X25519],
            });
        pair.RunToDone();
        Assert.True(ClientHelloView.TryParse(pair.Client.Identity.ClientHello.Span, out var hello));
        Assert.True(hello.TryGetExtension(ExtensionType.Cookie, out var cookie));
        Assert.Equal(34, cookie.Length);
        Assert.Equal(otherGroup, hello.TryGetKeyShare(NamedGroup.Secp256r1, out _));
        Assert.Equal(!otherGroup, hello.TryGetKeyShare(NamedGroup.X25519, out _));
    }

    [Fact]
    public void A_ticket_that_no_server_knows_stays_last_through_a_retry_with_another_binder()
    {
        byte[] identity = [0, 16, .. new byte[16], 1, 2, 3, 4];
        byte[] binder = [32, .. Enumerable.Repeat((byte)9, 32)];
        byte[] body = [0, (byte)identity.Length, .. identity, 0, (byte)binder.Length, .. binder];
        var offer = new TestHello { Last = (ExtensionType.PreSharedKey, body) }.Offer(new SeededEntropy(1));
        using var pair = new Pair(offer, Resuming with { ForceRetry = true });
        pair.RunToDone();
        Assert.True(ClientHelloView.TryParse(pair.Client.Identity.ClientHello.Span, out var hello));
        Assert.True(hello.TryGetExtension(ExtensionType.PreSharedKey, out var second));
        Assert.Equal(body[..^32], second[..^32].ToArray());
        Assert.NotEqual(body[^32..], second[^32..].ToArray());
        Assert.False(pair.Client.Identity.Resumed);
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256, false)]
    [InlineData(CipherSuite.Aes256GcmSha384, false)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256, true)]
    [InlineData(CipherSuite.Aes256GcmSha384, true)]
    public void A_ticket_resumes_without_a_certificate(CipherSuite suite, bool retried)
    {
        using var ticket = GetTicket(suite);
        using var pair = new Pair(
            new TestHello { Suites = [suite] }.Offer(new SeededEntropy(5), ticket),
            Resuming with { ForceRetry = retried });
        pair.RunToDone();
        Assert.True(pair.Client.Identity.Resumed);
        Assert.Empty(pair.Client.Identity.CertificateChain);
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        Assert.Equal((true, true), (client.Resumed, server.Resumed));
        Sessions.Exchange(client, server);
    }

    [Fact]
    public void A_ticket_of_another_hash_is_passed_over()
    {
        using var ticket = GetTicket(CipherSuite.Aes256GcmSha384);
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(5), ticket), Resuming);
        pair.RunToDone();
        Assert.False(pair.Client.Identity.Resumed);
        Assert.Single(pair.Client.Identity.CertificateChain);
    }

    [Fact]
    public void A_ticket_of_another_server_is_passed_over()
    {
        using var ticket = GetTicket(CipherSuite.Aes128GcmSha256);
        using var otherKey = new Secret(new byte[32]);
        using var pair = new Pair(
            new TestHello().Offer(new SeededEntropy(5), ticket), Resuming with { TicketKey = otherKey });
        pair.RunToDone();
        Assert.False(pair.Client.Identity.Resumed);
    }

    [Fact]
    public void An_old_ticket_is_refused_by_the_server_and_not_shown_by_the_client()
    {
        using var ticket = GetTicket(CipherSuite.Aes128GcmSha256);
        using var server = new Pair(
            new TestHello().Offer(new SeededEntropy(5), ticket),
            Resuming with { TicketLifetime = TimeSpan.FromSeconds(1) })
        {
            Now = new Instant(1_010_000),
        };
        server.RunToDone();
        Assert.False(server.Client.Identity.Resumed);
        Assert.True(ClientHelloView.TryParse(server.Client.Identity.ClientHello.Span, out var hello));
        Assert.True(hello.TryGetExtension(ExtensionType.PreSharedKey, out _));

        using var client = new Pair(new TestHello().Offer(new SeededEntropy(5), ticket), Resuming)
        {
            Now = new Instant(1_000_000 + (3 * 3600 * 1000)),
        };
        client.RunToDone();
        Assert.True(ClientHelloView.TryParse(client.Client.Identity.ClientHello.Span, out hello));
        Assert.False(hello.TryGetExtension(ExtensionType.PreSharedKey, out _));
    }

    [Fact]
    public void A_wrong_binder_ends_the_handshake()
    {
        using var ticket = GetTicket(CipherSuite.Aes128GcmSha256);
        var key = ticket.Psk.Octets;
        key[0] ^= 1;
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(5), ticket), Resuming).Run();
        Assert.Equal(TlsFault.BadBinder, pair.Server.Fault);
        Assert.Equal(AlertDescription.DecryptError, pair.Client.PeerAlert);
    }

    [Fact]
    public void Early_data_is_skipped_and_the_handshake_goes_on()
    {
        var hello = new TestHello { Extra = [(ExtensionType.EarlyData, [])] };
        using var pair = new Pair(hello.Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        var early = false;
        pair.BeforeServer = waiting =>
        {
            // What a client would have sent right behind its hello, under a key that the server does not have.
            if (!early && waiting.Length > 0)
            {
                early = true;
                return [.. waiting, 23, 3, 3, 1, 0, .. new byte[256]];
            }

            return waiting;
        };
        pair.RunToDone();
        Assert.True(early);
    }

    [Fact]
    public void Tickets_stay_within_their_bound_and_can_each_be_used()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), Resuming with { TicketCount = 9 });
        pair.RunToDone();
        using var client = pair.Client.TakeSession();
        Sessions.Receive(client, pair.ToClient.TakeAll());
        var count = 0;
        while (client.TryTakeTicket(pair.Now, out var ticket))
        {
            using (ticket)
            {
                using var next = new Pair(new TestHello().Offer(new SeededEntropy(5), ticket), Resuming);
                next.RunToDone();
                Assert.True(next.Client.Identity.Resumed);
            }

            count++;
        }

        Assert.Equal(4, count);
    }

    public void Dispose() => _ticketKey.Dispose();

    private ResumptionTicket GetTicket(CipherSuite suite)
    {
        using var pair = new Pair(new TestHello { Suites = [suite] }.Offer(new SeededEntropy(1)), Resuming);
        pair.RunToDone();
        using var client = pair.Client.TakeSession();
        Sessions.Receive(client, pair.ToClient.TakeAll());
        Assert.True(client.TryTakeTicket(pair.Now, out var ticket));
        return ticket!; // True says so.
    }
}
