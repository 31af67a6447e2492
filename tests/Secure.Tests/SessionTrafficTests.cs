using Karez.Tls;
using Karez.Tls.Records;

namespace Karez.Secure.Tests;

/// <summary>Records of the stream, one by one, against a server whose records a test makes.</summary>
public sealed class SessionTrafficTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "site.example";
    private const int Records = 10_000;

    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task A_key_update_is_answered_before_the_next_data()
    {
        var (client, server, _) = await ConnectAsync();
        var update = new byte[100];
        var length = server.Session.SealKeyUpdate(update, updateRequested: true);
        await server.SendAsync(update[..length], server.Seal([1]));
        Assert.Equal(1, await client.ReadAsync(new byte[1]));
        await client.WriteAsync(new byte[] { 2 });
        await client.WriteAsync(new byte[] { 3 });

        // The server opens under its old key until the answer comes, then under the new one.
        Assert.Equal([2], (await server.ReceiveAsync()).Data);
        Assert.Equal([3], (await server.ReceiveAsync()).Data);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_broken_record_is_answered_with_its_alert()
    {
        var (client, server, _) = await ConnectAsync();
        var record = server.Seal([1, 2, 3]);
        record[^1] ^= 1;
        await server.SendAsync(record);
        var wrong = await Assert.ThrowsAsync<BrowserTlsException>(() => client.ReadAsync(new byte[1]).AsTask());
        Assert.Equal(TlsFault.UndecryptableRecord, wrong.Fault);
        Assert.Equal(TlsReadStatus.Failed, (await server.ReceiveAsync()).Status);
        Assert.Equal(AlertDescription.BadRecordMac, server.Session.PeerAlert);
        await Assert.ThrowsAsync<IOException>(() => client.WriteAsync(new byte[1]).AsTask());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task The_end_of_the_stream_between_records_is_the_end_and_close_notify_is_told_apart()
    {
        var (client, server, _) = await ConnectAsync();
        server.Stream.Dispose();
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.False(client.ReceivedCloseNotify);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Reading_and_writing_allocate_nothing_per_record()
    {
        var (client, server, inner) = await ConnectAsync();
        inner.Part();
        var payload = new byte[1000];
        var written = Measure(() =>
        {
            var writing = client.WriteAsync(payload);
            return writing.IsCompletedSuccessfully;
        });

        var record = new byte[payload.Length + RecordSealer.Headroom + RecordSealer.Tailroom];
        var read = Measure(() =>
        {
            inner.Next = record.AsMemory(0, server.Session.Seal(record, RecordSealer.Headroom, payload.Length));
            var reading = client.ReadAsync(payload);
            return reading.IsCompletedSuccessfully && reading.Result == payload.Length;
        });
        output.WriteLine($"octets allocated: {written} in {Records} writes, {read} in {Records} reads");

        // A build for debugging makes an object of every async call; what we ship makes none.
#if DEBUG
        const int Each = 200;
#else
        const int Each = 0;
#endif
        Assert.InRange(written, 0, Records * Each);
        Assert.InRange(read, 0, Records * Each);
        client.Dispose();
    }

    public void Dispose() => _authority.Dispose();

    private static long Measure(Func<bool> once)
    {
        for (var i = 0; i < 200; i++)
            Assert.True(once());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var all = true;
        for (var i = 0; i < Records; i++)
            all &= once();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(all);
        return allocated;
    }

    private async Task<(BrowserTlsStream Client, FarSide Server, PrimedStream Inner)> ConnectAsync()
    {
        var (near, far) = MemoryPair.Make();
        var inner = new PrimedStream(near);
        var server = new FarSide(far);
        var shaking = server.ShakeHandsAsync(_authority.ServerOptions(Name, "h2"));
        var options = new BrowserTlsOptions { Verifier = _authority.Verifier };
        var client = await BrowserTlsStream.ConnectAsync(inner, Name, options);
        await shaking;
        return (client, server, inner);
    }
}
