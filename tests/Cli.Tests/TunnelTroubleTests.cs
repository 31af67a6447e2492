using Karez.Cli.Running;
using Karez.Net.Tunnel;
using Karez.Tls;

namespace Karez.Cli.Tests;

/// <summary>What somebody is told whom the node did not recognise.</summary>
public class TunnelTroubleTests
{
    private static readonly DateTimeOffset Here = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Clocks_that_agree_leave_revoked_and_mistyped()
    {
        var (what, hint) = Tell(TunnelFault.NotRecognised, TlsFault.None, Here.AddSeconds(40));
        Assert.Contains("did not recognise this link", what, StringComparison.Ordinal);
        Assert.Equal(
            "revoked or mistyped, it is not the clock: this machine's says 2026-11-24 08:00:00Z, "
            + "the site's 2026-11-24 08:00:40Z",
            hint);
    }

    [Theory]
    [InlineData(300, "300 s slow")]
    [InlineData(-300, "300 s fast")]
    [InlineData(3600, "60 min slow")]
    [InlineData(-86_400, "24 h fast")]
    [InlineData(864_000, "10 days slow")]
    public void A_clock_that_is_off_is_named_with_both_clocks(int siteAhead, string said)
    {
        var (_, hint) = Tell(TunnelFault.NotRecognised, TlsFault.None, Here.AddSeconds(siteAhead));
        Assert.StartsWith($"this clock is {said}, set it: ", hint, StringComparison.Ordinal);
        Assert.Contains("08:00:00Z, the site's 2026-", hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_sites_clock_this_one_is_shown()
    {
        var (_, hint) = Tell(TunnelFault.NotRecognised, TlsFault.None, null);
        Assert.EndsWith("off by more than 90 s: it says 2026-11-24 08:00:00Z", hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsFault.UntrustedCertificate, "the node: it did not recognise this link, or the path")]
    [InlineData(TlsFault.ExpiredCertificate, "the node: it did not recognise this link")]
    [InlineData(TlsFault.WrongCertificateName, "the path: a certificate for another name")]
    [InlineData(TlsFault.MalformedCertificate, "the path: ")]
    public void A_foreign_certificate_is_explained_by_what_is_wrong_with_it(TlsFault fault, string said) =>
        Assert.StartsWith(said, Tell(TunnelFault.ForeignCertificate, fault, null).What, StringComparison.Ordinal);

    private static (string What, string Hint) Tell(TunnelFault fault, TlsFault tls, DateTimeOffset? site) =>
        TunnelTrouble.Of(new TunnelException(fault, tls), "node.example:443", new Clocks(Here, site));
}
