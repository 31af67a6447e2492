using System.Net;
using System.Net.Sockets;
using Karez.Beds;
using Karez.Ip.Nat;

namespace Karez.Tun.Tests.Machines;

/// <summary>What happens when a table is full.</summary>
public class BoundsTests
{
    public BoundsTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Fact]
    public async Task A_connection_too_many_is_refused_and_the_others_live()
    {
        await using var world = await World.StartAsync(o => o with { Tcp = new TcpNatOptions { MaxFlows = 2 } });
        using var one = world.Tcp();
        using var two = world.Tcp();
        using var three = world.Tcp();
        await one.ConnectAsync(IPEndPoint.Parse("203.0.113.10:80"));
        await two.ConnectAsync(IPEndPoint.Parse("203.0.113.10:80"));
        var fault = await Assert.ThrowsAsync<SocketException>(
            async () => await three.ConnectAsync(IPEndPoint.Parse("203.0.113.10:80")));
        Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
        Assert.Equal(1, world.Tun.Counters.TableFull);
        await one.SendAsync("GET /bytes/10 HTTP/1.0\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await one.ReceiveAsync(new byte[1000]));
        one.LingerState = new LingerOption(true, 0);
        one.Dispose(); // with RST: its place is the first to be given away
        await Task.Delay(200, TestContext.Current.CancellationToken);
        using var four = world.Tcp();
        await four.ConnectAsync(IPEndPoint.Parse("203.0.113.10:80"));
    }

    [Fact]
    public async Task A_UDP_source_too_many_is_dropped_until_another_was_still_for_a_while()
    {
        await using var world = await World.StartAsync(o => o with { MaxUdpFlows = 1 });
        using var echo = world.EchoAt("203.0.113.10:7000");
        using var one = world.Udp();
        using var two = world.Udp();
        one.ReceiveTimeout = two.ReceiveTimeout = 3000;
        one.SendTo("x"u8, echo.EndPoint);
        Assert.Equal(1, one.Receive(new byte[10]));
        two.SendTo("xx"u8, echo.EndPoint);
        Assert.Throws<SocketException>(() => two.Receive(new byte[10]));
        Assert.Equal(1, world.Tun.Counters.TableFull);
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        two.SendTo("xx"u8, echo.EndPoint);
        Assert.Equal(2, two.Receive(new byte[10]));
    }
}
