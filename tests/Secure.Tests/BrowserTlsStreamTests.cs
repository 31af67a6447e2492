using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Karez.Tls;

namespace Karez.Secure.Tests;

/// <summary>The stream against the framework's TLS, and what a Stream has to hold.</summary>
public sealed class BrowserTlsStreamTests : IDisposable
{
    private const string Name = "site.example";

    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData("h2")]
    [InlineData("http/1.1")]
    public async Task Octets_go_both_ways_at_the_same_time(string protocol)
    {
        var (client, server) = await ConnectAsync(protocol);
        Assert.Equal(new SslApplicationProtocol(protocol), client.NegotiatedApplicationProtocol);
        Assert.Equal(SslProtocols.Tls13, server.SslProtocol);
        var there = RandomNumberGenerator.GetBytes(3_000_000);
        var back = RandomNumberGenerator.GetBytes(3_000_000);
        var (arrivedThere, arrivedBack) = (new byte[there.Length], new byte[back.Length]);
        await Task.WhenAll(
            client.WriteAsync(there).AsTask(),
            server.WriteAsync(back).AsTask(),
            client.ReadExactlyAsync(arrivedBack).AsTask(),
            server.ReadExactlyAsync(arrivedThere).AsTask());
        Assert.Equal(there, arrivedThere);
        Assert.Equal(back, arrivedBack);

        await client.ShutdownAsync();
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
        await server.ShutdownAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.True(client.ReceivedCloseNotify);
        await Assert.ThrowsAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Synchronous_calls_do_the_same()
    {
        var (client, server) = await ConnectAsync("h2");
        await Task.Run(() => client.Write(new byte[40_000]));
        await server.ReadExactlyAsync(new byte[40_000]);
        await server.WriteAsync(new byte[] { 1, 2, 3 });
        var buffer = new byte[3];
        await Task.Run(() => client.ReadExactly(buffer));
        Assert.Equal([1, 2, 3], buffer);
        client.Dispose();
    }

    [Fact]
    public async Task An_authority_that_nobody_knows_is_refused_and_so_is_an_expired_certificate()
    {
        Assert.Equal(TlsFault.UntrustedCertificate, await RefusalAsync(new BrowserTlsOptions(), null));
        Assert.Equal(
            TlsFault.ExpiredCertificate,
            await RefusalAsync(Options(), DateTimeOffset.UtcNow.AddDays(-1)));
        Assert.Equal(
            TlsFault.RefusedCertificate, await RefusalAsync(Options() with { Decide = _ => false }, null));
    }

    [Fact]
    public async Task An_own_decision_may_accept_what_the_verifier_refuses()
    {
        PeerChain? seen = null;
        var options = new BrowserTlsOptions
        {
            Decide = peer =>
            {
                seen = peer;
                return true;
            },
        };
        var (client, _) = await ConnectAsync("h2", options);
        Assert.Equal(TlsFault.UntrustedCertificate, seen!.Fault);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_server_of_TLS_1_2_is_named_as_such()
    {
        var (near, far) = MemoryPair.Make();
        using var certificate = _authority.Issue(Name);
        await using var server = new SslStream(far);
        var serving = Record.ExceptionAsync(() => server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
#pragma warning disable CA5398 // The point of the test.
            EnabledSslProtocols = SslProtocols.Tls12,
#pragma warning restore CA5398
        }));
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(
            () => BrowserTlsStream.ConnectAsync(near, Name, Options()));
        Assert.Contains("TLS 1.3 only", wrong.Message, StringComparison.Ordinal);
        Assert.True(wrong.Fault is TlsFault.SelectedOldVersion or TlsFault.MarkedDowngrade);
        Assert.NotNull(await serving);
    }

    [Fact]
    public async Task A_canceled_read_loses_nothing_and_a_canceled_write_ends_writing()
    {
        var (client, server) = await ConnectAsync("h2");
        using (var stop = new CancellationTokenSource())
        {
            var reading = client.ReadAsync(new byte[1], stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
        }

        await server.WriteAsync(new byte[] { 5 });
        var buffer = new byte[1];
        await client.ReadExactlyAsync(buffer);
        Assert.Equal(5, buffer[0]);

        using (var stop = new CancellationTokenSource(50))
        {
            // Nobody reads: the pipe fills up.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => client.WriteAsync(new byte[1 << 20], stop.Token).AsTask());
        }

        await Assert.ThrowsAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_read_of_no_octets_waits_for_data_and_takes_none()
    {
        var (client, server) = await ConnectAsync("h2");
        var waiting = client.ReadAsync(Memory<byte>.Empty).AsTask();
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        await server.WriteAsync(new byte[] { 6 });
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await client.ReadAsync(Memory<byte>.Empty));
        var buffer = new byte[2];
        Assert.Equal(1, await client.ReadAsync(buffer));
        Assert.Equal(6, buffer[0]);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Two_reads_or_two_writes_at_once_are_a_mistake_that_is_told()
    {
        var (client, _) = await ConnectAsync("h2");
        var reading = client.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ReadAsync(new byte[1]).AsTask());
        var writing = client.WriteAsync(new byte[1 << 20]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.WriteAsync(new byte[1]).AsTask());
        await client.DisposeAsync();
        await Task.WhenAny(Task.WhenAll(reading, writing), Task.Delay(TimeSpan.FromSeconds(10)));
        Assert.True(reading.IsCompleted && writing.IsCompleted);
        Assert.False(reading.IsCompletedSuccessfully || writing.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Disposing_ends_what_is_under_way_and_the_inner_stream_unless_told_otherwise()
    {
        var (near, far) = MemoryPair.Make();
        var inner = new WatchedStream(near);
        var client = await ShakeHandsAsync(inner, far, "h2", Options());
        var reading = client.ReadAsync(new byte[1]).AsTask();
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.True(inner.Disposed);
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(10)));
        Assert.True(reading.IsFaulted || reading.IsCanceled);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.WriteAsync(new byte[1]).AsTask());
        Assert.False(client.CanRead || client.CanWrite);

        (near, far) = MemoryPair.Make();
        inner = new WatchedStream(near);
        client = await ShakeHandsAsync(inner, far, "h2", Options() with { LeaveInnerOpen = true });
        client.Dispose();
        Assert.False(inner.Disposed);
    }

    public void Dispose() => _authority.Dispose();

    private BrowserTlsOptions Options() => new() { Verifier = _authority.Verifier };

    private async Task<TlsFault> RefusalAsync(BrowserTlsOptions options, DateTimeOffset? until)
    {
        var (near, far) = MemoryPair.Make();
        using var certificate = _authority.Issue(Name, until);
        await using var server = new SslStream(far);
        var serving = Record.ExceptionAsync(() => server.AuthenticateAsServerAsync(certificate));
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(
            () => BrowserTlsStream.ConnectAsync(near, Name, options));

        // To a server of the framework the handshake is over when its Finished is out; reading tells.
        if (await serving is null)
            await Assert.ThrowsAnyAsync<Exception>(() => server.ReadExactlyAsync(new byte[1]).AsTask());
        return wrong.Fault;
    }

    private async Task<(BrowserTlsStream Client, SslStream Server)> ConnectAsync(
        string protocol, BrowserTlsOptions? options = null)
    {
        var (near, far) = MemoryPair.Make();
        var server = new SslStream(far);
        var client = await ShakeHandsAsync(near, far, protocol, options ?? Options(), server);
        return (client, server);
    }

    private async Task<BrowserTlsStream> ShakeHandsAsync(
        Stream near, Stream far, string protocol, BrowserTlsOptions options, SslStream? server = null)
    {
        using var certificate = _authority.Issue(Name);
        var connecting = BrowserTlsStream.ConnectAsync(near, Name, options);
        server ??= new SslStream(far);
        await server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ApplicationProtocols = [new SslApplicationProtocol(protocol)],
        });
        return await connecting;
    }
}
