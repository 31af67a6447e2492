using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Karez.Config;
using Karez.Contracts;
using Karez.Interop.Harness;
using Karez.Server;
using Karez.Wire;

namespace Karez.Interop.Reality;

/// <summary>Our node against peers/utlsclient: a hello of 2022 without a hybrid share, versions of that time.</summary>
public sealed class OldClientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    [InlineData(5_000_000)]
    public async Task A_page_comes_through(int length)
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        await using var node = await StartAsync(credentials, site);

        var (code, output) = await FetchAsync(credentials, node, origin, length, credentials.ShortId);

        Assert.Equal((0, $"200 {length} {Origin.SumOfBody(length)}"), (code, output));
    }

    [Fact]
    public async Task An_unknown_short_id_meets_the_sites_own_certificate()
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        await using var node = await StartAsync(credentials, site);

        var (code, output) = await FetchAsync(credentials, node, origin, 1, new string('f', 16));

        Assert.Equal((2, "the certificate is the target's own"), (code, output));
    }

    [Fact]
    public async Task A_node_that_wants_hybrid_shares_shows_an_old_client_the_site()
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        await using var node = await StartAsync(credentials, site, strictHybrid: true);

        var (code, _) = await FetchAsync(credentials, node, origin, 1, credentials.ShortId);

        Assert.Equal(2, code);
    }

    private static Task<Node> StartAsync(Credentials credentials, BorrowedSite site, bool strictHybrid = false)
    {
        var plan = new NodePlan
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Target = new Endpoint("127.0.0.1", site.Port),
            Names = FrozenSet.Create(StringComparer.Ordinal, BorrowedSite.Name),
            PrivateKey = new Secret(credentials.PrivateKey),
            KeysAreNew = true,
            AllowPrivate = true,
            StrictHybrid = strictHybrid,
        };
        var person = new Person("old", credentials.User, credentials.ShortId, DateTimeOffset.UnixEpoch, Flow: "");
        return Node.StartAsync(
            plan,
            new Roster([person]),
            TimeProvider.System,
            exception => TestContext.Current.AddWarning(exception.ToString()));
    }

    private static async Task<(int Code, string Output)> FetchAsync(
        Credentials credentials, Node node, Origin origin, int length, string shortId)
    {
        var program = Need.BuiltPeer("utlsclient");
        return await Peer.RunAsync(
            program,
            "-server", node.Listening.ToString(),
            "-name", BorrowedSite.Name,
            "-key=" + credentials.PublicKeyText,
            "-short-id", shortId,
            "-user", credentials.User.ToString("N"),
            "-port", origin.Port.ToString(CultureInfo.InvariantCulture),
            "-path", $"/bytes/{length}");
    }
}
