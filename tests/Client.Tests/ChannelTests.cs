using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Config.Links;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Secure;

namespace Karez.Client.Tests;

/// <summary>One node's channel, where the node never answers.</summary>
public class ChannelTests
{
    [Fact]
    public async Task A_loop_that_ends_takes_along_whoever_waits_there_for_his_turn()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var workers = new WorkerPool("worker", threads: 1, capacity: 4);
        var link = LinkTo((IPEndPoint)silent.LocalEndpoint);
        var gate = new AddressGate(new EndpointPlan { Handshakes = 1, Connections = 2 });
        await using var channel = new Channel(
            new ClientPlan { Listen = null, Link = link, Profile = BrowserProfile.Default.Name },
            link, gate, TimeSpan.FromSeconds(15), BrowserProfile.Default,
            new NodeAddresses(null, TimeProvider.System), workers,
            SystemEntropy.Instance, TimeProvider.System);
        await using var first = new EventLoop("first", TimeProvider.System, _ => { });
        var second = new EventLoop("second", TimeProvider.System, _ => { });

        var holding = first.RunAsync(() => channel.LookAsync(first));
        await Until(() => gate.Counts is { Live: 1, Dialling: 1 });
        var waiting = Enumerable.Range(0, 3).Select(_ => second.RunAsync(() => channel.LookAsync(second))).ToList();
        await Until(() => gate.Counts is { Live: 2, Waited: 3 }); // one for the handshake, two for a connection
        await second.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        foreach (var flow in waiting) // the loop is gone; that its flows ended reaches their tasks by the pool
            await Assert.ThrowsAsync<ConnectionException>(
                () => flow.WaitAsync(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken));
        Assert.Equal((1, 1), (gate.Counts.Live, gate.Counts.Dialling));

        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => holding);
        Assert.Equal((0, 0), (gate.Counts.Live, gate.Counts.Dialling));
    }

    private static VlessLink LinkTo(IPEndPoint node)
    {
        var (privateKey, publicKey) = (new byte[32], new byte[32]);
        privateKey[0] = 8;
        X25519.DerivePublicKey(privateKey, publicKey);
        return new VlessLink
        {
            Id = Guid.NewGuid(),
            Host = node.Address.ToString(),
            Port = node.Port,
            ServerName = "www.example.com",
            PublicKey = Base64Url.EncodeToString(publicKey),
            ShortId = "0123456789abcdef",
        };
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 250 && !condition(); i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
