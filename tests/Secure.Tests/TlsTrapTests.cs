using Karez.Camouflage.Browser;
using Karez.Observe;
using Karez.Tls;

namespace Karez.Secure.Tests;

/// <summary>The traps that others fell into when they took TLS out of the stream, seen from the stream.</summary>
public sealed class TlsTrapTests : IDisposable
{
    private const string Name = "site.example";

    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task A_peer_that_closes_in_mid_record_ends_reading_with_an_error_and_no_spin()
    {
        var (client, server, inner) = await ConnectAsync();
        await server.SendAsync(server.Seal([1, 2, 3])[..^1]);
        server.Stream.Dispose();
        var before = inner.Reads;
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(() => client.ReadAsync(new byte[10]).AsTask());
        Assert.Equal(TlsFault.ClosedDuringHandshake, wrong.Fault);
        await Assert.ThrowsAsync<BrowserTlsException>(() => client.ReadAsync(new byte[10]).AsTask());
        Assert.InRange(inner.Reads - before, 1, 4);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_closes_in_mid_handshake_ends_it_with_an_error()
    {
        var (near, far) = MemoryPair.Make();
        var connecting = BrowserTlsStream.ConnectAsync(near, Name, Options());
        await far.WriteAsync(new byte[] { 22, 3, 3, 0, 100, 2, 0 });
        far.Dispose();
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(() => connecting);
        Assert.Equal(TlsFault.ClosedDuringHandshake, wrong.Fault);
    }

    [Fact]
    public async Task A_rejected_certificate_surfaces_at_once_and_the_server_reads_why()
    {
        var (near, far) = MemoryPair.Make();
        var inner = new WatchedStream(near);
        var connecting = BrowserTlsStream.ConnectAsync(inner, "other.example", Options());
        using var server = new FarSide(far);
        var shaking = Record.ExceptionAsync(() => server.ShakeHandsAsync(_authority.ServerOptions(Name, "h2")));
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(() => connecting);
        Assert.Equal(TlsFault.WrongCertificateName, wrong.Fault);
        Assert.True(inner.Disposed);

        // The alert, and never a Finished: the server's handshake does not end.
        Assert.NotNull(await shaking);
        Assert.Null(server.Session);
        List<RecordSight> records = [];
        new RecordSplitter().Feed(inner.Written, records);
        Assert.Equal([22, 20, 23], records.Select(record => (int)record.Type));
        Assert.Equal(5 + 2 + 1 + 16, records[^1].Length);
    }

    [Fact]
    public async Task The_decision_is_asked_for_once_on_every_connection_resumed_ones_too()
    {
        using var session = new BrowserSession();
        var asked = new List<PeerChain>();
        var options = Options() with
        {
            Session = session,
            Decide = peer =>
            {
                asked.Add(peer);
                return peer.Fault == TlsFault.None;
            },
        };
        using var ticketKey = new Karez.Wire.Secret(new byte[32]);
        var serverOptions = _authority.ServerOptions(Name, "h2") with { TicketKey = ticketKey };
        for (var visit = 1; visit <= 3; visit++)
        {
            var (client, server, _) = await ConnectAsync(options, serverOptions);
            await server.SendAsync(server.Seal([1]));
            Assert.Equal(1, await client.ReadAsync(new byte[1]));
            Assert.Equal(visit > 1, client.Resumed);
            Assert.Equal(visit, asked.Count);
            await client.DisposeAsync();
        }

        Assert.Equal([false, true, true], asked.Select(peer => peer.Resumed));
        Assert.All(asked, peer => Assert.Equal(asked[0].Certificates[0].ToArray(), peer.Certificates[0].ToArray()));
    }

    [Fact]
    public async Task A_whole_record_that_is_here_already_is_read_without_the_socket()
    {
        var (client, server, inner) = await ConnectAsync();
        await server.SendAsync(server.Seal([1, 2]), server.Seal([]), server.Seal([3]), server.Seal([4, 5])[..7]);
        var buffer = new byte[2];
        Assert.Equal(2, await client.ReadAsync(buffer));
        var reads = inner.Reads;
        var next = client.ReadAsync(buffer).AsTask();
        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal(1, await next);
        Assert.Equal(3, buffer[0]);
        Assert.Equal(reads, inner.Reads);
        Assert.False(client.ReadAsync(buffer).AsTask().IsCompleted); // Half a record is not enough.
        await client.DisposeAsync();
    }

    [Fact]
    public async Task What_came_with_the_end_of_the_handshake_is_not_lost()
    {
        var (near, far) = MemoryPair.Make();
        var connecting = BrowserTlsStream.ConnectAsync(near, Name, Options());
        using var server = new FarSide(far);
        await server.ShakeHandsAsync(_authority.ServerOptions(Name, "h2"));
        await server.SendAsync(server.Seal([9, 8, 7]));
        await using var client = await connecting;
        var buffer = new byte[3];
        await client.ReadExactlyAsync(buffer);
        Assert.Equal([9, 8, 7], buffer);
    }

    [Theory]
    [InlineData("chromium-156")]
    [InlineData("firefox-153")]
    public async Task The_hello_on_the_wire_is_the_profiles_and_no_other_layers(string name)
    {
        Assert.True(BrowserProfile.TryGet(name, out var profile));
        var (client, _, inner) = await ConnectAsync(Options() with { Profile = profile! });
        Assert.True(HelloFields.TryParseStream(inner.Written, out var seen));
        Assert.True(HelloFields.TryParse(
            BrowserHello.Build(profile!, Name, SystemEntropy.Instance).Hello, out var expected));
        Assert.Equal(Ja4.Of(expected!), Ja4.Of(seen!));
        Assert.Equal(Name, seen!.ServerName);
        await client.DisposeAsync();
    }

    public void Dispose() => _authority.Dispose();

    private BrowserTlsOptions Options() => new() { Verifier = _authority.Verifier };

    private async Task<(BrowserTlsStream Client, FarSide Server, WatchedStream Inner)> ConnectAsync(
        BrowserTlsOptions? options = null, Karez.Tls.Handshake.TlsServerOptions? serverOptions = null)
    {
        var (near, far) = MemoryPair.Make();
        var inner = new WatchedStream(near);
        var server = new FarSide(far);
        var shaking = server.ShakeHandsAsync(serverOptions ?? _authority.ServerOptions(Name, "h2"));
        var client = await BrowserTlsStream.ConnectAsync(inner, Name, options ?? Options());
        await shaking;
        return (client, server, inner);
    }
}
