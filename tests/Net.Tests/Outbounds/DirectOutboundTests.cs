using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Net.Resolve;
using Karez.Net.Tests.Loops;
using Karez.Proxy;

namespace Karez.Net.Tests.Outbounds;

public sealed class DirectOutboundTests : IDisposable
{
    private readonly WorkerPool _workers = new("workers", 2, 16);
    private readonly Dictionary<string, IPAddress[]> _names = [];
    private readonly Resolver _resolver;
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);

    public DirectOutboundTests()
    {
        _resolver = new Resolver(ResolverOptions.Default, TimeProvider.System, name =>
            _names.TryGetValue(name, out var found) ? found : throw new SocketException((int)SocketError.HostNotFound));
        _listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _listener.Listen();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _resolver.Dispose();
        _workers.Dispose();
        _listener.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("two.test")]
    public Task Connects_in_a_lab(string host) => LoopBench.RunAsync(async loop =>
    {
        _names["two.test"] = [IPAddress.IPv6Loopback, IPAddress.Loopback];
        var result = await Outbound(lab: true).DialAsync(loop, To(host, Port));
        Assert.Equal(DialOutcome.Connected, result.Outcome);
        Assert.True(result.IsConnected);
        Assert.Equal(Port, ((IPEndPoint)result.Connection.RemoteEndPoint!).Port);
        result.Connection.Dispose();
    });

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::1")]
    [InlineData("inside.test")]
    public Task Does_not_connect_inside(string host) => LoopBench.RunAsync(async loop =>
    {
        _names["inside.test"] = [IPAddress.Parse("10.0.0.1"), IPAddress.Loopback, IPAddress.Parse("fd00::1")];
        var result = await Outbound(lab: false).DialAsync(loop, To(host, Port));
        Assert.Equal(DialOutcome.Forbidden, result.Outcome);
        Assert.False(result.IsConnected);
        Assert.False(_listener.Poll(20_000, SelectMode.SelectRead));
    });

    [Fact]
    public Task Does_not_connect_to_its_own_addresses() => LoopBench.RunAsync(async loop =>
    {
        foreach (var own in ExitPolicy.ReadOwnAddresses().Where(a => !IPAddress.IsLoopback(a)))
        {
            var result = await Outbound(lab: false).DialAsync(loop, To(own.ToString(), Port));
            Assert.Equal(DialOutcome.Forbidden, result.Outcome);
        }

        var policy = new ExitPolicy(true, [], [(IPEndPoint)_listener.LocalEndPoint!]);
        var outbound = new DirectOutbound(_resolver, policy, _workers, DirectOptions.Default);
        Assert.Equal(DialOutcome.Forbidden, (await outbound.DialAsync(loop, To("127.0.0.1", Port))).Outcome);
        Assert.Equal(ExitVerdict.OwnListener, outbound.Judge(new IPEndPoint(IPAddress.Loopback, Port)));
    });

    [Fact]
    public Task Forbidden_addresses_of_a_name_are_left_out() => LoopBench.RunAsync(async _ =>
    {
        IPAddress[] open = [IPAddress.Parse("1.1.1.1"), IPAddress.Parse("8.8.8.8"), IPAddress.Parse("2606:4700::1")];
        _names["mixed.test"] = [open[0], IPAddress.Loopback, open[1], IPAddress.Parse("::1"), open[2]];
        var (outcome, endPoints) = await Outbound(lab: false).ResolveAsync(To("mixed.test", 443));
        Assert.Equal(DialOutcome.Connected, outcome);
        Assert.Equal([open[0], open[2], open[1]], endPoints.Select(e => e.Address));
    });

    [Fact]
    public Task Failures_have_their_names() => LoopBench.RunAsync(async loop =>
    {
        var port = Port;
        _listener.Dispose();
        var outbound = Outbound(lab: true);
        Assert.Equal(DialOutcome.Refused, (await outbound.DialAsync(loop, To("127.0.0.1", port))).Outcome);
        Assert.Equal(DialOutcome.NameNotFound, (await outbound.DialAsync(loop, To("no.test", port))).Outcome);
        Assert.Equal(DialOutcome.NameNotFound, (await outbound.DialAsync(loop, default)).Outcome);
        // 127.0.0.1 as source has no way to another host.
        var bound = Outbound(lab: true, new DirectOptions { Connect = new ConnectOptions(Source: IPAddress.Loopback) });
        Assert.Equal(DialOutcome.Unreachable, (await bound.DialAsync(loop, To("10.255.255.1", port))).Outcome);
    });

    [Fact]
    public Task The_next_address_is_tried_at_once_after_a_refusal_and_soon_after_silence() =>
        LoopBench.RunAsync(async loop =>
        {
            using var silent = new SilentPort();
            _names["refused.test"] = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3"), IPAddress.Loopback];
            _names["silent.test"] = [SilentPort.Address, IPAddress.IPv6Loopback];
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var watch = Stopwatch.StartNew();
            var refusing = ((IPEndPoint)listener.LocalEndPoint!).Port;
            var patient = new DirectOptions { Stagger = TimeSpan.FromSeconds(8) };
            var result = await Outbound(lab: true, patient).DialAsync(loop, To("refused.test", refusing));
            Assert.Equal(DialOutcome.Connected, result.Outcome);
            result.Connection!.Dispose();
            Assert.InRange(watch.ElapsedMilliseconds, 0, 7_000);

            using var other = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            other.Bind(new IPEndPoint(IPAddress.IPv6Loopback, silent.Port));
            other.Listen();
            watch.Restart();
            result = await Outbound(lab: true).DialAsync(loop, To("silent.test", silent.Port));
            Assert.Equal(DialOutcome.Connected, result.Outcome);
            Assert.Equal(IPAddress.IPv6Loopback, ((IPEndPoint)result.Connection!.RemoteEndPoint!).Address);
            result.Connection.Dispose();
            Assert.InRange(watch.ElapsedMilliseconds, 200, 9_000);
            // The loser was closed: nothing but the loop's own is watched on the next turn.
            await loop.DelayAsync(TimeSpan.FromMilliseconds(5));
            Assert.Equal(0, loop.Watched);
        });

    [Fact]
    public Task People_are_spread_over_the_egress_addresses_and_each_keeps_to_one() => LoopBench.RunAsync(async loop =>
    {
        var sources = Enumerable.Range(2, 4).Select(i => IPAddress.Parse($"127.0.0.{i}")).ToArray();
        var outbound = Outbound(lab: true, new DirectOptions { Sources = sources });
        var used = new HashSet<IPAddress>();
        for (var person = 0; person < 16; person++)
        {
            var id = new Guid(person, 0, 0, new byte[8]);
            var first = await SourceAsync(id);
            Assert.Equal(first, await SourceAsync(id));
            used.Add(first);
        }

        Assert.Equal(sources.Length, used.Count);
        Assert.Subset(sources.ToHashSet(), used);
        // A family without a source is the routing table's.
        var sixth = await outbound.DialAsync(loop, To("::1", Port));
        Assert.True(sixth.IsConnected);
        sixth.Connection.Dispose();

        async ValueTask<IPAddress> SourceAsync(Guid id)
        {
            var result = await outbound.DialAsync(loop, To("127.0.0.1", Port), id);
            Assert.True(result.IsConnected);
            using (result.Connection)
                return ((IPEndPoint)result.Connection.LocalEndPoint!).Address;
        }
    });

    [Fact]
    public Task An_egress_address_that_cannot_be_used_is_passed_over() => LoopBench.RunAsync(async loop =>
    {
        // The kernel says the same of an address without a port left as of one that is not this machine's.
        IPAddress[] sources = [IPAddress.Parse("203.0.113.77"), IPAddress.Parse("127.0.0.9")];
        var outbound = Outbound(lab: true, new DirectOptions { Sources = sources });
        for (var person = 0; person < 4; person++)
        {
            var result = await outbound.DialAsync(loop, To("127.0.0.1", Port), new Guid(person, 0, 0, new byte[8]));
            Assert.True(result.IsConnected);
            Assert.Equal(sources[1], ((IPEndPoint)result.Connection.LocalEndPoint!).Address);
            result.Connection.Dispose();
        }
    });

    [Fact]
    public Task Silence_ends_in_time() => LoopBench.RunAsync(async loop =>
    {
        using var silent = new SilentPort();
        _names["silent.test"] = [SilentPort.Address, SilentPort.Address, SilentPort.Address];
        // A loop's timers count from its turn's beginning, and this one compiled code.
        await loop.DelayAsync(TimeSpan.FromMilliseconds(1));
        var watch = Stopwatch.StartNew();
        var outbound = Outbound(
            lab: true,
            new DirectOptions { Timeout = TimeSpan.FromMilliseconds(300), Stagger = TimeSpan.FromMilliseconds(50) });
        var result = await outbound.DialAsync(loop, To("silent.test", silent.Port));
        Assert.Equal(DialOutcome.TimedOut, result.Outcome);
        Assert.InRange(watch.ElapsedMilliseconds, 250, 9_000);
        await loop.DelayAsync(TimeSpan.FromMilliseconds(5));
        Assert.Equal(0, loop.Watched);
    });

    [Fact]
    public void Families_take_turns()
    {
        IPAddress[] mixed =
            [.. "2001:db8::1 2001:db8::2 2001:db8::3 192.0.2.1 192.0.2.2".Split(' ').Select(IPAddress.Parse)];
        Assert.Equal(
            [mixed[0], mixed[3], mixed[1], mixed[4], mixed[2]], DirectOutbound.Interleave(mixed));
        Assert.Empty(DirectOutbound.Interleave([]));
    }

    private DirectOutbound Outbound(bool lab, DirectOptions? options = null) =>
        new(_resolver, new ExitPolicy(lab, [], []), _workers, options ?? DirectOptions.Default);

    private static Destination To(string host, int port)
    {
        Assert.True(Destination.TryFromHost(host, port, out var destination));
        return destination;
    }

    /// <summary>A port whose backlog is full: what comes is dropped, as by a dead host.</summary>
    private sealed class SilentPort : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _callers = [];

        internal SilentPort()
        {
            _listener.Bind(new IPEndPoint(Address, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _callers.Add(caller);
                _ = caller.ConnectAsync(_listener.LocalEndPoint!).ContinueWith(t => t.Exception, TaskScheduler.Default);
            }

            Thread.Sleep(20);
        }

        internal static IPAddress Address { get; } = IPAddress.Parse("127.0.0.99");

        internal int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public void Dispose()
        {
            _callers.ForEach(c => c.Dispose());
            _listener.Dispose();
        }
    }
}
