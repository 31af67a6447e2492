using System.Net;
using Karez.Net.Loops;

namespace Karez.Net.Tests.Loops;

public class DatagramConnectionTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::", "127.0.0.1", "127.0.0.1")]
    [InlineData("::", "::1", "::1")]
    public Task Sends_and_receives(string bind, string other, string reach) => LoopBench.RunAsync(async loop =>
    {
        using var first = Open(loop, bind);
        using var second = Open(loop, other);
        var buffer = new byte[100];
        var receive = second.ReceiveFromAsync(buffer);
        first.SendTo("ping"u8, new IPEndPoint(IPAddress.Parse(reach), second.LocalEndPoint.Port));
        var datagram = await receive;
        Assert.Equal("ping"u8, buffer.AsSpan(0, datagram.Length));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(reach), first.LocalEndPoint.Port), datagram.Source);
        second.SendTo("pong!"u8, datagram.Source);
        datagram = await first.ReceiveFromAsync(buffer);
        Assert.Equal("pong!"u8, buffer.AsSpan(0, datagram.Length));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(reach), second.LocalEndPoint.Port), datagram.Source);
        Assert.Equal((0L, 0L), (first.DroppedSends, second.DroppedReceives));
    });

    [Fact]
    public Task What_does_not_fit_is_dropped_and_counted() => LoopBench.RunAsync(async loop =>
    {
        using var first = Open(loop, "127.0.0.1");
        using var second = Open(loop, "127.0.0.1");
        first.SendTo(new byte[200], second.LocalEndPoint);
        first.SendTo([], second.LocalEndPoint);
        first.SendTo(new byte[100], second.LocalEndPoint);
        Assert.Equal(0, (await second.ReceiveFromAsync(new byte[100])).Length);
        Assert.Equal(100, (await second.ReceiveFromAsync(new byte[100])).Length);
        Assert.Equal(1, second.DroppedReceives);
        first.SendTo(new byte[70_000], second.LocalEndPoint);
        first.SendTo(new byte[10], new IPEndPoint(IPAddress.IPv6Loopback, 9));
        Assert.Equal(2, first.DroppedSends);
    });

    [Fact]
    public Task A_port_that_answers_with_a_refusal_does_not_end_the_socket() => LoopBench.RunAsync(async loop =>
    {
        using var first = Open(loop, "127.0.0.1");
        IPEndPoint gone;
        using (var second = Open(loop, "127.0.0.1")) gone = second.LocalEndPoint;
        for (var i = 0; i < 3; i++) first.SendTo("x"u8, gone);
        using var third = Open(loop, "127.0.0.1");
        third.SendTo("y"u8, first.LocalEndPoint);
        Assert.Equal(third.LocalEndPoint, (await first.ReceiveFromAsync(new byte[10])).Source);
    });

    [Fact]
    public Task Abort_and_dispose_end_a_waiting_receiver() => LoopBench.RunAsync(async loop =>
    {
        using var first = Open(loop, "127.0.0.1");
        var receive = first.ReceiveFromAsync(new byte[10]).AsTask();
        first.Abort(ConnectionFault.TimedOut);
        Assert.Equal(
            ConnectionFault.TimedOut, (await Assert.ThrowsAsync<ConnectionException>(() => receive)).Fault);
        var second = Open(loop, "127.0.0.1");
        receive = second.ReceiveFromAsync(new byte[10]).AsTask();
        second.Dispose();
        second.Dispose();
        Assert.Equal(ConnectionFault.Closed, (await Assert.ThrowsAsync<ConnectionException>(() => receive)).Fault);
    });

    private static DatagramConnection Open(EventLoop loop, string address) =>
        DatagramConnection.Open(loop, new IPEndPoint(IPAddress.Parse(address), 0), ConnectOptions.Default);
}
