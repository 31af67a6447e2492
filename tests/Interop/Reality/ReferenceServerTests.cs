using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Config.Links;
using Karez.Interop.Harness;
using Karez.Net.Tunnel;

namespace Karez.Interop.Reality;

/// <summary>Our client against the library that Xray's servers are made of.</summary>
public sealed class ReferenceServerTests
{
    public static TheoryData<string> Profiles => [.. BrowserProfile.Names];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_page_comes_through_with_every_profile(string profile)
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        using var server = await ReferenceServer.StartAsync(credentials, site);
        await using var client = Start(credentials, server.Port, profile);

        using var http = SocksHttp.Through(client.Listening.Port);
        foreach (var length in (int[])[1, 20_000, 5_000_000])
        {
            var body = await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{origin.Port}/bytes/{length}"));
            Assert.Equal(Origin.SumOfBody(length), Origin.Sum(body));
        }
    }

    [Fact]
    public async Task An_upload_comes_through()
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        using var server = await ReferenceServer.StartAsync(credentials, site);
        await using var client = Start(credentials, server.Port);

        using var http = SocksHttp.Through(client.Listening.Port);
        using var content = new ByteArrayContent(Origin.Body(5_000_000));
        using var response = await http.PostAsync(new Uri($"http://127.0.0.1:{origin.Port}/"), content);

        Assert.Equal(Origin.SumOfBody(5_000_000), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_server_that_cannot_tell_how_a_dial_went_is_answered_for_early()
    {
        using var site = await BorrowedSite.StartAsync();
        var credentials = new Credentials();
        using var server = await ReferenceServer.StartAsync(credentials, site);
        await using var client = Start(credentials, server.Port);
        using var program = new TcpClient();
        await program.ConnectAsync(client.Listening);
        // SOCKS5 to 127.0.0.1:1, where nothing listens.
        await program.GetStream().WriteAsync(new byte[] { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 1 });
        var answer = new byte[12];
        await program.GetStream().ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, answer[3]);
    }

    [Fact]
    public async Task The_sites_own_certificate_is_named_when_the_short_id_is_unknown()
    {
        using var site = await BorrowedSite.StartAsync();
        await using var origin = new Origin();
        var credentials = new Credentials();
        using var server = await ReferenceServer.StartAsync(credentials, site);
        await using var client = Start(credentials, server.Port, shortId: new string('f', 16));
        var failed = new TaskCompletionSource<TunnelException>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.TunnelFailed += exception => failed.TrySetResult(exception);

        using var http = SocksHttp.Through(client.Listening.Port);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{origin.Port}/bytes/1")));
        var reason = await failed.Task.WaitAsync(TimeSpan.FromSeconds(10));

        // The authority is the test's own, so the system does not trust the chain: it is a stranger's certificate.
        Assert.Contains(reason.Fault, (TunnelFault[])[TunnelFault.NotRecognised, TunnelFault.ForeignCertificate]);
    }

    private static LocalProxy Start(
        Credentials credentials, int port, string? profile = null, string? shortId = null)
    {
        var browser = BrowserProfile.Default;
        if (profile is not null)
            Assert.True(BrowserProfile.TryGet(profile, out browser!));
        var plan = new ClientPlan
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Profile = profile ?? "",
            Link = new VlessLink
            {
                Id = credentials.User,
                Host = "127.0.0.1",
                Port = port,
                ServerName = BorrowedSite.Name,
                PublicKey = credentials.PublicKeyText,
                ShortId = shortId ?? credentials.ShortId,
            },
        };
        return LocalProxy.Start(
            plan, browser, TimeProvider.System, exception => TestContext.Current.AddWarning(exception.ToString()));
    }
}
