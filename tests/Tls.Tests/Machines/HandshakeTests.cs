using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;

namespace Karez.Tls.Tests.Machines;

public class HandshakeTests
{
    public static TheoryData<CipherSuite> Suites =>
        [CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256];

    public static TheoryData<NamedGroup> Groups =>
        [NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1, NamedGroup.X25519MLKEM768];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Both_sides_agree_with_every_suite(CipherSuite suite)
    {
        using var pair = new Pair(
            new TestHello { Suites = [suite] }.Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        Assert.Equal((suite, suite), (client.CipherSuite, server.CipherSuite));
        Assert.Equal(("h2", "h2"), (client.Alpn, server.Alpn));
        Assert.Equal("example.com", pair.Server.ServerName);
        Sessions.Exchange(client, server);
        Sessions.Exchange(server, client);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Both_sides_agree_with_every_group(NamedGroup group)
    {
        using var pair = new Pair(
            new TestHello { Shares = [group] }.Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        Assert.False(pair.Client.Retried);
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        Assert.Equal((group, group), (client.Group, server.Group));
        Sessions.Exchange(client, server);
    }

    [Theory]
    [InlineData("p256", SignatureScheme.EcdsaSecp256r1Sha256)]
    [InlineData("p384", SignatureScheme.EcdsaSecp384r1Sha384)]
    [InlineData("p521", SignatureScheme.EcdsaSecp521r1Sha512)]
    [InlineData("rsa", SignatureScheme.RsaPssRsaeSha256)]
    [InlineData("mldsa65", SignatureScheme.MlDsa65)]
    public void The_client_checks_the_signature_of_every_kind_of_key(string identity, SignatureScheme scheme)
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.Named(identity));
        pair.RunToDone();
        Assert.Equal(scheme, pair.Client.Identity.SignatureScheme);
        Assert.Equal(
            TestIdentity.Named(identity).CertificateChain[0].ToArray(),
            Assert.Single(pair.Client.Identity.CertificateChain).ToArray());
    }

    [Fact]
    public void Our_flights_have_the_records_of_compatibility_mode()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        Assert.Equal(
            [ContentType.Handshake, ContentType.ChangeCipherSpec, ContentType.ApplicationData],
            pair.ToServer.Records().Select(record => record.Type));
        Assert.Equal(
            [ContentType.Handshake, ContentType.ChangeCipherSpec, ContentType.ApplicationData],
            pair.ToClient.Records().Select(record => record.Type));
        Assert.Equal([22, 3, 1], pair.ToServer.Log[..3]);
    }

    [Fact]
    public void Without_a_session_id_nobody_sends_a_change_cipher_spec()
    {
        using var pair = new Pair(
            new TestHello { SessionIdLength = 0 }.Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        Assert.DoesNotContain(pair.ToServer.Records(), record => record.Type == ContentType.ChangeCipherSpec);
        Assert.DoesNotContain(pair.ToClient.Records(), record => record.Type == ContentType.ChangeCipherSpec);
    }

    [Fact]
    public void The_decision_maker_sees_both_hellos_as_they_went_over_the_wire()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        var identity = pair.Client.Identity;
        Assert.Equal(pair.ToServer.Log[5..(5 + identity.ClientHello.Length)], identity.ClientHello.ToArray());
        Assert.Equal(pair.ToClient.Log[5..(5 + identity.ServerHello.Length)], identity.ServerHello.ToArray());
    }

    [Fact]
    public void A_rejected_identity_fails_the_handshake_and_tells_the_server()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256)
        {
            Decide = client => client.Reject(TlsFault.UntrustedCertificate),
        };
        pair.Run();
        Assert.Equal((TlsStatus.Failed, TlsFault.UntrustedCertificate), (pair.ClientStatus, pair.Client.Fault));
        Assert.Equal((TlsStatus.Failed, TlsFault.ReceivedAlert), (pair.ServerStatus, pair.Server.Fault));
        Assert.Equal(AlertDescription.UnknownCa, pair.Server.PeerAlert);
        Assert.Throws<InvalidOperationException>(pair.Client.TakeSession);
    }

    [Fact]
    public void An_Ed25519_certificate_is_accepted_unoffered_only_where_the_offer_says_so()
    {
        using var refused = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.OfEd25519);
        refused.Run();
        Assert.Equal(TlsFault.NoCommonSignatureScheme, refused.Server.Fault);
        Assert.Equal(AlertDescription.HandshakeFailure, refused.Client.PeerAlert);

        var bold = TestIdentity.OfEd25519 with { SignUnoffered = true };
        using var unasked = new Pair(new TestHello().Offer(new SeededEntropy(1)), bold);
        unasked.Run();
        Assert.Equal(TlsFault.WrongSignatureScheme, unasked.Client.Fault);

        using var reality = new Pair(new TestHello().Offer(new SeededEntropy(1), acceptEd25519: true), bold);
        reality.RunToDone();
        Assert.Equal(SignatureScheme.Ed25519, reality.Client.Identity.SignatureScheme);
    }
}
