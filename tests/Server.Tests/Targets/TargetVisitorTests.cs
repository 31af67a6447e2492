using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Secure;
using Karez.Server.Targets;

namespace Karez.Server.Tests.Targets;

public sealed class TargetVisitorTests : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private readonly LoopGroup _loops = new(1, TimeProvider.System, e => Assert.Fail(e.ToString()));

    private readonly TargetVisitor _visitor =
        new(new ChainVerifier(TimeProvider.System), SystemEntropy.Instance);

    [Theory]
    [InlineData(AlpnClass.None)]
    [InlineData(AlpnClass.Http1)]
    [InlineData(AlpnClass.Http2)]
    public async Task A_site_that_can_be_borrowed_is_described(AlpnClass alpn)
    {
        await using var site = new TestSite((byte)'t', Certificates.Make());
        var visit = await VisitAsync(site.Port, alpn);
        Assert.Null(visit.Trouble);
        Assert.Equal("X25519", visit.Group);
        Assert.Equal(4, visit.Records.Count);
        Assert.False(visit.ChainValid); // self-signed
        Assert.InRange(visit.CertificateOctets, 300, 2000);
        Assert.NotEmpty(visit.After.Writes); // OpenSSL sends tickets after the client's Finished
        Assert.All(visit.After.Writes.SelectMany(w => w), length => Assert.InRange(length, 100, 3000));
    }

    [Fact]
    public async Task A_site_without_tls_13_is_refused_by_name() =>
        Assert.Equal("it speaks no TLS 1.3", await TroubleOfAsync(async stream =>
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificates.Make(),
#pragma warning disable SYSLIB0039, CA5398 // an old server is what is tested
                EnabledSslProtocols = SslProtocols.Tls12,
#pragma warning restore SYSLIB0039, CA5398
            });
        }));

    [Fact]
    public async Task A_server_of_another_protocol_is_refused_by_name() => Assert.Equal(
        "it speaks no TLS",
        await TroubleOfAsync(async stream =>
        {
            await stream.ReadExactlyAsync(new byte[1024]);
            await stream.WriteAsync("220 mail.example ESMTP ready\r\n"u8.ToArray());
        }));

    [Fact]
    public async Task A_server_that_hangs_up_is_refused_by_name() =>
        Assert.Equal("it breaks off the handshake", await TroubleOfAsync(_ => Task.CompletedTask));

    [Fact]
    public async Task A_closed_port_is_refused_by_name()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        Assert.Equal("it refuses connections", (await VisitAsync(port, AlpnClass.Http2)).Trouble);
    }

    [Fact]
    public void What_was_learnt_is_known_after_a_restart()
    {
        var patience = new LearntPatience([new LearntWrite(2990, [46, 24])], 3000, TargetEnd.Closed);
        var learnt = new LearntTarget(
            "127.0.0.1:443",
            DateTimeOffset.UnixEpoch,
            [new LearntProfile("www.example.com", AlpnClass.Http2, [[[261, 245], [57]], []], [[[270]]], 32, [], [patience])]);
        var learner = new TargetLearner(
            _visitor, ["www.example.com"], "127.0.0.1:443", () => new IPEndPoint(0, 0), learnt, SystemEntropy.Instance,
            TimeProvider.System);
        var profile = learner.Profile("www.example.com", AlpnClass.Http2);
        Assert.Equal(32, profile.MaxUseless);
        Assert.Equal([new PostHandshake([[261, 245], [57]]), PostHandshake.Silent], profile.Observed);
        Assert.Equal(new PostHandshake([[270]]), profile.Draw(SystemEntropy.Instance, isAsked: true));
        Assert.Equal(patience.Read().Until, Assert.Single(profile.Unfinished).Until);
        Assert.Equal([46, 24], Assert.Single(profile.Unfinished[0].Writes).Records);
        Assert.Same(TargetProfile.Unknown, learner.Profile("www.example.com", AlpnClass.None));
    }

    public ValueTask DisposeAsync() => _loops.DisposeAsync();

    private Task<TargetVisit> VisitAsync(int port, AlpnClass alpn) => _loops.Loops[0].RunAsync(() => _visitor.VisitAsync(
        _loops.Loops[0], new IPEndPoint(IPAddress.Loopback, port), Certificates.Name, alpn, Quiet));

    private async Task<string?> TroubleOfAsync(Func<NetworkStream, Task> serve)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            try
            {
                await serve(client.GetStream());
                client.Client.Shutdown(SocketShutdown.Send);
                await Task.Delay(100);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or SocketException)
            {
                // The visitor left.
            }
        });
        var visit = await VisitAsync(((IPEndPoint)listener.LocalEndpoint).Port, AlpnClass.Http2);
        await serving;
        return visit.Trouble;
    }
}
