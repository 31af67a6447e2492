using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Config.Links;
using Karez.Net.Tunnel;

namespace Karez.Server.Tests;

/// <summary>A client with several links takes them in order, and comes back.</summary>
public class FailoverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_next_node_takes_the_flow_when_one_cannot_be_reached_and_the_first_is_taken_again_when_back()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        // A door before the node that is shut at first: nothing listens there.
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var (first, second) = (bed.LinkOf(bed.Person, port), bed.LinkOf(bed.Person));
        var time = new SkippingTime();
        await using var client = LocalProxy.Start(
            new ClientPlan
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Link = first,
                Others = [second],
                Profile = "chromium-156",
            },
            BrowserProfile.Default,
            time,
            e => Assert.Fail(e.ToString()));
        var missed = new List<(VlessLink Link, TunnelFault Fault)>();
        var changed = new List<VlessLink>();
        client.NodeMissed += (link, exception) => missed.Add((link, exception.Fault));
        client.NodeChanged += changed.Add;

        using var http = ChannelBed.Through(client);
        Assert.Equal("o", await http.GetStringAsync(origin.Page(1)).WaitAsync(Patience));
        Assert.Equal([(first, TunnelFault.NodeUnreachable)], missed);
        Assert.Equal([second], changed);

        // While the first one rests it is not tried.
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
        Assert.Single(missed);

        // Now it is there; the first look is due half a minute after it was missed, and the flow after that takes it.
        using var door = new Door(port, bed.Node.Listening);
        time.Skip(TimeSpan.FromSeconds(31));
        for (var flow = 0; changed.Count == 1 && flow < 100; flow++)
        {
            Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 1));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal([second, first], changed);
        Assert.Single(missed);
    }

    [Fact]
    public async Task When_no_node_can_be_reached_each_is_named_and_the_flow_fails()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var client = LocalProxy.Start(
            new ClientPlan
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Link = bed.LinkOf(bed.Person, 1),
                Others = [bed.LinkOf(bed.Person, 2)],
                Profile = "chromium-156",
            },
            BrowserProfile.Default,
            TimeProvider.System,
            e => Assert.Fail(e.ToString()));
        var missed = new List<int>();
        client.NodeMissed += (link, _) => missed.Add(link.Port);
        Assert.Equal((5, true), await LocalTalk.SocksAsync(client, "127.0.0.1", 80)); // refused, as the last one was
        Assert.Equal([1, 2], missed);
    }

    /// <summary>Passes octets on to the node.</summary>
    private sealed class Door : IDisposable
    {
        private readonly TcpListener _listener;
        private readonly IPEndPoint _node;

        public Door(int port, IPEndPoint node)
        {
            (_listener, _node) = (new TcpListener(IPAddress.Loopback, port), node);
            _listener.Start();
            _ = AcceptAsync();
        }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = CarryAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Disposed.
            }
        }

        private async Task CarryAsync(TcpClient caller)
        {
            using var node = new TcpClient();
            using (caller)
            {
                try
                {
                    await node.ConnectAsync(_node);
                    await Task.WhenAll(
                        CopyAsync(caller, node),
                        CopyAsync(node, caller));
                }
                catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
                {
                    // One side left.
                }
            }
        }

        private static async Task CopyAsync(TcpClient from, TcpClient to)
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
    }
}
