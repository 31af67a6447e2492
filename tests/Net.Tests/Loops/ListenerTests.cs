using System.Net;
using System.Net.Sockets;
using Karez.Net.Loops;
using Karez.Sys;

namespace Karez.Net.Tests.Loops;

[Collection(nameof(DescriptorLimit))]
public class ListenerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    public async Task Echoes_on_every_kind_of_address(string bind, string connect)
    {
        await using var bench = new LoopBench(2);
        await using var listener = Listener.Start(
            bench.Group, new IPEndPoint(IPAddress.Parse(bind), 0), EchoAsync, ListenerOptions.Default);
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        var remote = new IPEndPoint(IPAddress.Parse(connect), port);
        await bench.Loop.RunAsync(async () =>
        {
            using var client = await Connection.ConnectAsync(bench.Loop, remote, s_patience, ConnectOptions.Default);
            await client.WriteAsync("hello"u8.ToArray());
            client.ShutdownWrite();
            Assert.Equal("hello"u8.ToArray(), await LoopBench.ReadToEndAsync(client));
            Assert.Equal(IPAddress.Parse(connect), ((IPEndPoint)client.LocalEndPoint!).Address);
        });
        Assert.Equal(1, listener.Accepted);
    }

    [Fact]
    public async Task A_unix_socket_is_the_owners_only_and_replaces_a_dead_one()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "status");
        var endPoint = new UnixDomainSocketEndPoint(path);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(endPoint);
        // The framework removes the file when it closes; a process that was killed does not.
        var corpse = Sys.Sockets.OpenStream(endPoint);
        Assert.Equal(0, Sys.Sockets.Bind(corpse, endPoint));
        Assert.Equal(0, Descriptors.Close(corpse));
        await using (var bench = new LoopBench())
        {
            await using var listener = Listener.Start(bench.Group, endPoint, EchoAsync, ListenerOptions.Default);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var thrown = Assert.Throws<ListenException>(
                () => { Listener.Start(bench.Group, endPoint, EchoAsync, ListenerOptions.Default); });
            Assert.Equal(ListenFault.InUse, thrown.Fault);
            await bench.Loop.RunAsync(async () =>
            {
                using var client = await Connection.ConnectAsync(
                    bench.Loop, endPoint, s_patience, ConnectOptions.Default);
                Assert.Equal(0, Sys.Sockets.GetPeerCredentials(client.Descriptor, out var peer));
                Assert.Equal(Environment.ProcessId, peer.ProcessId);
                await client.WriteAsync("hello"u8.ToArray());
                client.ShutdownWrite();
                Assert.Equal("hello"u8.ToArray(), await LoopBench.ReadToEndAsync(client));
            });
        }

        Assert.False(File.Exists(path));
        File.WriteAllText(path, "");
        await using (var bench = new LoopBench())
        {
            var thrown = Assert.Throws<ListenException>(
                () => { Listener.Start(bench.Group, endPoint, EchoAsync, ListenerOptions.Default); });
            Assert.Equal(ListenFault.InUse, thrown.Fault);
        }

        Assert.True(File.Exists(path));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Bind_errors_have_names()
    {
        await using var bench = new LoopBench();
        await using var listener = Listener.Start(
            bench.Group, new IPEndPoint(IPAddress.Loopback, 0), EchoAsync, ListenerOptions.Default);
        Assert.Equal(ListenFault.InUse, Fault(listener.LocalEndPoint));
        Assert.Equal(ListenFault.NoSuchAddress, Fault(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.Equal(ListenFault.NoSuchAddress, Fault(new UnixDomainSocketEndPoint("/nowhere/at-all")));

        ListenFault Fault(EndPoint endPoint) => Assert.Throws<ListenException>(
            () => { Listener.Start(bench.Group, endPoint, EchoAsync, ListenerOptions.Default); }).Fault;
    }

    [Fact]
    public async Task A_thousand_connections_at_once()
    {
        await using var bench = new LoopBench(2);
        await using var listener = Listener.Start(
            bench.Group, new IPEndPoint(IPAddress.Loopback, 0), EchoAsync, ListenerOptions.Default);
        var descriptors = Descriptors.CountOpen();
        var together = new CountdownEvent(1000);
        var flows = Enumerable.Range(0, 1000).Select(i =>
        {
            var loop = bench.Group.Next();
            return loop.RunAsync(async () =>
            {
                using var client = await Connection.ConnectAsync(
                    loop, listener.LocalEndPoint, s_patience, ConnectOptions.Default);
                together.Signal();
                while (!together.IsSet) await loop.DelayAsync(TimeSpan.FromMilliseconds(5));
                var octets = BitConverter.GetBytes(i * 7919);
                for (var round = 0; round < 10; round++)
                {
                    await client.WriteAsync(octets);
                    var back = new byte[4];
                    await LoopBench.ReadExactlyAsync(client, back);
                    Assert.Equal(octets, back);
                }
            });
        });
        await Task.WhenAll(flows).WaitAsync(s_patience);
        await EndsAsync(() => listener.Open == 0);
        Assert.Equal(1000, listener.Accepted);
        await EndsAsync(() => Descriptors.CountOpen() <= descriptors);
    }

    [Fact]
    public async Task Callers_beyond_the_limit_wait_their_turn()
    {
        await using var bench = new LoopBench(2);
        var most = 0;
        Listener? listener = null;
        await using var held = listener = Listener.Start(
            bench.Group,
            new IPEndPoint(IPAddress.Loopback, 0),
            async connection =>
            {
                most = Math.Max(most, listener!.Open);
                await connection.Loop.DelayAsync(TimeSpan.FromMilliseconds(5));
                await EchoAsync(connection);
            },
            new ListenerOptions { MaxConnections = 3 });
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => CallAsync(bench.Loop, listener.LocalEndPoint)))
            .WaitAsync(s_patience);
        Assert.Equal(30, listener.Accepted);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Without_descriptors_callers_wait_and_it_is_said_once()
    {
        // First with room, so that the runtime has loaded what it needs: it cannot open a file either later on.
        Assert.Empty(await ShortageAsync(room: 1000));
        Assert.Equal([ListenerEvent.OutOfDescriptors, ListenerEvent.Recovered], await ShortageAsync(room: 8));
    }

    [Fact]
    public async Task A_loop_that_leaves_descriptors_leaves_them_for_files_and_for_connections_out()
    {
        Assert.Empty(await ShortageAsync(room: 1000));
        Assert.Equal([ListenerEvent.OutOfDescriptors, ListenerEvent.Recovered], await ShortageAsync(room: 24, spare: 8));
    }

    private static async Task<List<ListenerEvent>> ShortageAsync(int room, int spare = 0)
    {
        await using var bench = new LoopBench(1);
        bench.Loop.SpareDescriptors = spare;
        var said = new List<ListenerEvent>();
        await using var listener = Listener.Start(
            bench.Group,
            new IPEndPoint(IPAddress.Loopback, 0),
            EchoAsync,
            new ListenerOptions { Notify = said.Add });
        var callers = Enumerable.Range(0, 20)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        Assert.Equal(0, Limits.GetDescriptors(out var soft, out _));
        // The limit is about the number of a descriptor: leave so many free numbers below it.
        var taken = Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(p => int.Parse(Path.GetFileName(p))).ToHashSet();
        var limit = Enumerable.Range(0, 100_000).Where(number => !taken.Contains(number)).Skip(room).First();
        var result = Limits.SetDescriptors((ulong)limit);
        foreach (var caller in callers) caller.Connect(listener.LocalEndPoint);
        Thread.Sleep(700);
        var (accepted, events) = (listener.Accepted, said.Count);
        _ = Limits.SetDescriptors(soft);

        Assert.Equal(0, result);
        var left = room - 2 * spare;
        Assert.Equal((Math.Min(left, 20L), left < 20 ? 1 : 0), (accepted, events));
        foreach (var caller in callers) await EchoesAsync(caller).WaitAsync(s_patience);
        if (events > 0) await EndsAsync(() => said.Count == 2);
        callers.ForEach(c => c.Dispose());
        await EndsAsync(() => listener.Open == 0);
        return said;
    }

    [Fact]
    public async Task A_closed_listener_refuses_and_lets_its_flows_go_on()
    {
        await using var bench = new LoopBench(2);
        var listener = Listener.Start(
            bench.Group, new IPEndPoint(IPAddress.Loopback, 0), EchoAsync, ListenerOptions.Default);
        using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(listener.LocalEndPoint);
        await EndsAsync(() => listener.Open == 1);
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        await EchoesAsync(caller);
        var thrown = await Assert.ThrowsAsync<ConnectionException>(() => CallAsync(bench.Loop, listener.LocalEndPoint));
        Assert.Equal(ConnectionFault.Refused, thrown.Fault);
    }

    private static async ValueTask EchoAsync(Connection connection)
    {
        var buffer = new byte[4096];
        while (await connection.ReadAsync(buffer) is var count and > 0)
            await connection.WriteAsync(buffer.AsMemory(0, count));
    }

    private static async Task EchoesAsync(Socket caller)
    {
        await caller.SendAsync("hello"u8.ToArray());
        var buffer = new byte[16];
        Assert.Equal(5, await caller.ReceiveAsync(buffer));
    }

    private static Task CallAsync(EventLoop loop, EndPoint endPoint) => loop.RunAsync(async () =>
    {
        using var client = await Connection.ConnectAsync(loop, endPoint, s_patience, ConnectOptions.Default);
        await client.WriteAsync("hello"u8.ToArray());
        client.ShutdownWrite();
        Assert.Equal(5, (await LoopBench.ReadToEndAsync(client)).Length);
    });

    private static async Task EndsAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }
}
