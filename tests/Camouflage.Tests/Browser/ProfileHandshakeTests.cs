using Karez.Camouflage.Browser;
using Karez.Crypto;
using Karez.Observe;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Tests.Machines;
using Karez.Wire;

namespace Karez.Camouflage.Tests.Browser;

/// <summary>What a profile offers and a server machine of ours can pick: a handshake for each.</summary>
public class ProfileHandshakeTests
{
    public static TheoryData<string> Profiles => [.. BrowserProfile.Names];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_suite_carries_data(string profile)
    {
        var offered = Hello(profile).CipherSuites;
        foreach (var suite in Enum.GetValues<CipherSuite>().Where(suite => offered.Contains((ushort)suite)))
        {
            using var pair = Done(profile, TestIdentity.EcdsaP256 with { CipherSuites = [suite] });
            using var client = pair.Client.TakeSession();
            using var server = pair.Server.TakeSession();
            Assert.Equal(suite, client.CipherSuite);
            Sessions.Exchange(client, server);
            Sessions.Exchange(server, client);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_group_agrees_and_one_without_a_share_costs_a_retry(string profile)
    {
        var hello = Hello(profile);
        var groups = Enum.GetValues<NamedGroup>().Where(group => hello.Groups.Contains((ushort)group)).ToArray();
        Assert.Equal(4, groups.Length);
        foreach (var group in groups)
        {
            using var pair = Done(profile, TestIdentity.EcdsaP256 with { Groups = [group] });
            Assert.Equal(hello.KeyShares.All(share => share.Group != (ushort)group), pair.Client.Retried);
            using var client = pair.Client.TakeSession();
            Assert.Equal(group, client.Group);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_kind_of_signature_is_checked(string profile)
    {
        foreach (var identity in new[] { "p256", "p384", "p521", "rsa", "mldsa65" })
        {
            var options = TestIdentity.Named(identity);
            var offered = options.Signer.Schemes.FirstOrDefault(
                scheme => Hello(profile).SignatureAlgorithms.Contains((ushort)scheme));
            if (offered == SignatureScheme.None)
                continue;
            using var pair = Done(profile, options);
            Assert.Equal(offered, pair.Client.Identity.SignatureScheme);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_protocol_name_can_be_chosen(string profile)
    {
        foreach (var name in Hello(profile).Alpn)
        {
            using var pair = Done(profile, TestIdentity.EcdsaP256 with { Alpn = [name] });
            using var client = pair.Client.TakeSession();
            Assert.Equal(name, client.Alpn);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_staple_is_reported(string profile)
    {
        using var pair = Done(profile, TestIdentity.EcdsaP256 with { OcspStaple = new byte[] { 0x30, 0 } });
        Assert.Equal([0x30, 0], pair.Client.Identity.OcspStaple.ToArray());
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_ticket_resumes_the_session(string profile)
    {
        using var key = new Secret(Enumerable.Range(0, 32).Select(octet => (byte)octet).ToArray());
        var options = TestIdentity.EcdsaP256 with { TicketKey = key };
        using var first = Done(profile, options);
        using var session = first.Client.TakeSession();
        Sessions.Receive(session, first.ToClient.TakeAll());
        Assert.True(session.TryTakeTicket(first.Now, out var ticket));
        using (ticket)
        {
            var request = new HelloRequest { ServerName = "example.com", Ticket = ticket };
            using var second = new Pair(BrowserHello.Build(Profile(profile), request, new SeededEntropy(5)), options);
            second.RunToDone();
            Assert.True(second.Client.Identity.Resumed);
            Assert.True(HelloFields.TryParseStream([.. second.ToServer.Log], out var hello));
            Assert.Equal(41, hello!.Extensions[^1].Type);
            if (profile == "chromium-156")
                Assert.Equal("t13d1518h2_8daaf6152771_e2d80978ab2e", Ja4.Of(hello));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void An_invented_ticket_is_passed_over(string profile)
    {
        using var key = new Secret(32);
        var request = new HelloRequest { ServerName = "example.com", InventedTicket = 192 };
        using var pair = new Pair(
            BrowserHello.Build(Profile(profile), request, new SeededEntropy(5)),
            TestIdentity.EcdsaP256 with { TicketKey = key });
        pair.RunToDone();
        Assert.False(pair.Client.Identity.Resumed);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_hello_goes_out_as_one_record_like_a_browsers(string profile)
    {
        var offer = BrowserHello.Build(Profile(profile), "example.com", new SeededEntropy(5));
        var length = offer.Hello.Length;
        using var client = new TlsClient(offer, new SeededEntropy(6));
        var output = new byte[32 * 1024];
        var status = client.Advance([], output, new Instant(1), out _, out var produced);
        Assert.Equal(TlsStatus.NeedInput, status);
        var records = new List<RecordSight>();
        new RecordSplitter().Feed(output.AsSpan(0, produced), records);
        Assert.Equal([new RecordSight(0, 22, 0x0301, length + 5)], records);
    }

    private static Pair Done(string profile, TlsServerOptions options)
    {
        var offer = BrowserHello.Build(Profile(profile), "example.com", new SeededEntropy(4));
        return new Pair(offer, options).RunToDone();
    }

    private static BrowserProfile Profile(string name)
    {
        Assert.True(BrowserProfile.TryGet(name, out var profile));
        return profile!;
    }

    private static HelloFields Hello(string profile)
    {
        var offer = BrowserHello.Build(Profile(profile), "example.com", new SeededEntropy(4));
        Assert.True(HelloFields.TryParse(offer.Hello, out var hello));
        return hello!;
    }
}
