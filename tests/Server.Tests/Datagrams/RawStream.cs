using Karez.Client;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Server.Tests.Datagrams;

/// <summary>One VLESS stream of a client's, spoken by hand; everything runs on the loop that it was opened on.</summary>
internal sealed class RawStream : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly VlessLeg _leg;

    private RawStream(EventLoop loop, VlessLeg leg) => (_loop, _leg) = (loop, leg);

    public static async Task<RawStream> OpenAsync(LocalProxy client, VlessCommand command, Destination to = default)
    {
        var loop = client.Loops.Next();
        return new RawStream(loop, await loop.RunAsync(() => client.Nodes.OpenAsync(loop, to, command)));
    }

    public Task SendAsync(ReadOnlyMemory<byte> octets) => _loop.RunAsync(() => _leg.SendAsync(octets));

    /// <summary>What came, copied; empty at the end.</summary>
    public Task<byte[]> ReceiveAsync() => _loop.RunAsync(async () =>
    {
        try
        {
            return (await _leg.ReceiveAsync()).ToArray();
        }
        catch (Exception exception) when (exception is ConnectionException or TunnelException)
        {
            return [];
        }
    }).WaitAsync(SocksUdp.Patience);

    public Task CutAsync() => _loop.RunAsync(() =>
    {
        _leg.Tunnel.Connection.Reset();
        return ValueTask.CompletedTask;
    });

    public async ValueTask DisposeAsync() => await _loop.RunAsync(() =>
    {
        _leg.Dispose();
        return ValueTask.CompletedTask;
    });
}
