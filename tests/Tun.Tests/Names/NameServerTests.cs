using System.Net;
using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Tun.Flows;
using Karez.Tun.Names;

namespace Karez.Tun.Tests.Names;

/// <summary>Who answers what, and who is never asked.</summary>
public sealed class NameServerTests : IAsyncDisposable
{
    private readonly StubResolver _direct = new StubResolver(new IPEndPoint(IPAddress.Loopback, 0)).Start();
    private readonly StubResolver _far = new StubResolver(new IPEndPoint(IPAddress.Loopback, 0)).Start();
    private readonly List<Exception> _bugs = [];
    private readonly EventLoop _loop;
    private readonly TableRouter _router = new();
    private readonly DirectCarrier _carrier;
    private readonly NameTable _names;
    private NameServer _server = null!;

    public NameServerTests()
    {
        _loop = new EventLoop("names", TimeProvider.System, _bugs.Add);
        _carrier = new DirectCarrier(_far.EndPoint);
        _names = new NameTable(TunOptions.Default);
        _router.Names["home.example"] = FlowRoute.Direct;
        _router.Names["ad.example"] = FlowRoute.Refuse;
        Serve(TunOptions.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _direct.Dispose();
        _far.Dispose();
        Assert.Empty(_bugs);
    }

    [Fact]
    public async Task A_name_through_the_channel_gets_fake_addresses_and_nobody_is_asked()
    {
        var four = await AskAsync("www.example.org", DnsType.A);
        var six = await AskAsync("WWW.example.org", DnsType.Aaaa);
        Assert.True(TunOptions.Default.IPv4.FakeNetwork.Contains(AddressIn(four).ToIPAddress()));
        Assert.True(TunPair.DefaultIPv6.FakeNetwork.Contains(AddressIn(six).ToIPAddress()));
        Assert.True(_names.TryFindFake(AddressIn(four), default, out var name));
        Assert.Equal("www.example.org", name);
        Assert.Empty(_direct.Asked);
        Assert.Empty(_far.Asked);
    }

    [Theory]
    [InlineData(DnsType.Https)]
    [InlineData(DnsType.Svcb)]
    public async Task Service_records_of_such_a_name_are_no_data(DnsType type)
    {
        var answer = await AskAsync("www.example.org", type);
        Assert.Equal((DnsCode.NoError, 0, 1), (DnsResponse.CodeOf(answer), answer[7], answer[9]));
    }

    [Fact]
    public async Task Other_records_of_such_a_name_are_asked_for_through_the_channel_and_kept()
    {
        var answer = await AskAsync("www.example.org", DnsType.Txt);
        Assert.Equal(1, answer[7]);
        Assert.True(answer.Length > 1600);
        Assert.Equal(["tcp www.example.org Txt"], _far.Asked);
        Assert.Equal(new FlowTarget(null, HostAddress.From(IPAddress.Parse("1.1.1.1")), 53), _carrier.Targets[0]);
        await AskAsync("www.example.org", DnsType.Txt);
        Assert.Single(_far.Asked);
        Assert.Empty(_direct.Asked);
    }

    [Fact]
    public async Task The_direct_resolver_is_not_asked_when_the_far_one_is_silent()
    {
        _server = new NameServer(
            _loop, TunOptions.Default with { DirectResolvers = [_direct.EndPoint] }, _router, new DeadCarrier(), _names,
            new SeededEntropy(2));
        Assert.Equal(DnsCode.ServerFailure, DnsResponse.CodeOf(await AskAsync("www.example.org", DnsType.Txt)));
        Assert.Empty(_direct.Asked);
    }

    [Fact]
    public async Task A_direct_name_is_asked_of_the_direct_resolver_and_its_address_remembered()
    {
        var answer = await AskAsync("home.example", DnsType.A);
        Assert.Equal(HostAddress.From(IPAddress.Parse("198.51.100.7")), AddressIn(answer));
        Assert.False(_names.IsFake(AddressIn(answer), default, out var name));
        Assert.Equal("home.example", name);
        await AskAsync("HOME.example", DnsType.A);
        Assert.Equal(["udp home.example A"], _direct.Asked);
        await _loop.RunAsync(() => { _server.AskDirect([_direct.EndPoint]); return default; });
        await AskAsync("home.example", DnsType.A);
        Assert.Equal(2, _direct.Asked.Count);
        Assert.Empty(_far.Asked);
    }

    [Fact]
    public async Task In_another_network_its_resolver_is_asked_and_the_old_one_no_more()
    {
        await AskAsync("home.example", DnsType.A);
        Assert.Single(_direct.Asked);
        await _loop.RunAsync(() => { _server.AskDirect([_far.EndPoint]); return default; });
        Assert.Equal(1, (await AskAsync("home.example", DnsType.A))[7]);
        Assert.Equal(["udp home.example A"], _far.Asked);
        await _loop.RunAsync(() => { _server.AskDirect([]); return default; });
        Assert.Equal(DnsCode.ServerFailure, DnsResponse.CodeOf(await AskAsync("home.example", DnsType.A)));
        Assert.Single(_direct.Asked);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_by_TCP()
    {
        var answer = await AskAsync("home.example", DnsType.Txt);
        Assert.False(DnsResponse.IsTruncated(answer));
        Assert.Equal(["udp home.example Txt", "tcp home.example Txt"], _direct.Asked);
    }

    [Fact]
    public async Task A_silent_resolver_is_passed_over()
    {
        _direct.Silent = 1;
        var answer = await AskAsync("home.example", DnsType.A);
        Assert.Equal(1, answer[7]);
        Assert.Equal(2, _direct.Asked.Count);
    }

    [Fact]
    public async Task The_same_question_at_the_same_time_is_asked_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync("home.example", DnsType.A)));
        Assert.All(answers, a => Assert.Equal(1, a[7]));
        Assert.Single(_direct.Asked);
    }

    [Theory]
    [InlineData("ad.example")]
    [InlineData("use-application-dns.net")]
    [InlineData("printer.local")]
    [InlineData("printer")]
    [InlineData("x.onion")]
    public async Task What_is_nowhere_or_refused_does_not_exist(string name)
    {
        Assert.Equal(DnsCode.NoSuchName, DnsResponse.CodeOf(await AskAsync(name, DnsType.A)));
        Assert.Empty(_direct.Asked);
        Assert.Empty(_far.Asked);
    }

    [Fact]
    public async Task A_rule_can_bring_local_names_to_the_direct_resolver()
    {
        _router.Names["printer.local"] = FlowRoute.Direct;
        Assert.Equal(1, (await AskAsync("printer.local", DnsType.A))[7]);
    }

    [Fact]
    public async Task The_name_of_a_fake_address_is_known()
    {
        var address = AddressIn(await AskAsync("www.example.org", DnsType.A)).ToIPAddress().GetAddressBytes();
        var reverse = $"{address[3]}.{address[2]}.{address[1]}.{address[0]}.in-addr.arpa";
        var answer = await AskAsync(reverse, DnsType.NameOf);
        Assert.Equal(1, answer[7]);
        Assert.True(answer.AsSpan().IndexOf("\u0003www\u0007example\u0003org\0"u8) > 0);
        await AskAsync("1.0.168.192.in-addr.arpa", DnsType.NameOf);
        Assert.Equal(["udp 1.0.168.192.in-addr.arpa NameOf"], _direct.Asked);
    }

    [Fact]
    public async Task Known_resolvers_are_refused_where_that_is_wished()
    {
        Assert.Equal(DnsCode.NoError, DnsResponse.CodeOf(await AskAsync("dns.google", DnsType.A)));
        Serve(TunOptions.Default with { RefusesDoh = true });
        Assert.Equal(DnsCode.NoSuchName, DnsResponse.CodeOf(await AskAsync("dns.google", DnsType.A)));
    }

    [Fact]
    public async Task Without_IPv6_there_are_no_such_addresses()
    {
        Serve(TunOptions.Default with { CarriesIPv6 = false });
        foreach (var name in (string[])["www.example.org", "home.example"])
        {
            var answer = await AskAsync(name, DnsType.Aaaa);
            Assert.Equal((DnsCode.NoError, 0), (DnsResponse.CodeOf(answer), answer[7]));
        }

        Assert.Empty(_direct.Asked);
    }

    [Fact]
    public async Task Localhost_is_this_machine()
    {
        Assert.Equal(HostAddress.From(IPAddress.Loopback), AddressIn(await AskAsync("localhost", DnsType.A)));
        Assert.Equal(
            HostAddress.From(IPAddress.IPv6Loopback), AddressIn(await AskAsync("a.localhost", DnsType.Aaaa)));
    }

    [Fact]
    public void An_answer_that_is_too_long_for_the_askers_UDP_is_truncated()
    {
        var query = Query("home.example", DnsType.Txt);
        var answer = new byte[2000];
        query.CopyTo(answer, 0);
        Assert.Equal(512, NameServer.FitUdp(query, answer, 512));
        var length = NameServer.FitUdp(query, answer, 513);
        Assert.InRange(length, 12, 512);
        Assert.True(DnsResponse.IsTruncated(answer.AsSpan(0, length)));
    }

    private void Serve(TunOptions options) => _server = new NameServer(
        _loop, options with { DirectResolvers = [_direct.EndPoint] }, _router, _carrier, _names, new SeededEntropy(1));

    private Task<byte[]> AskAsync(string name, DnsType type) => _loop.RunAsync(async () =>
    {
        var query = Query(name, type);
        var answer = new byte[DnsQuery.MaxMessage];
        var length = _server.Answer(query, answer, out var mayAsk);
        return mayAsk ? await _server.AskAsync(query) : answer[..length];
    });

    private static byte[] Query(string name, DnsType type)
    {
        var octets = new byte[300];
        var length = DnsName.Write(name, octets);
        return [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. octets.AsSpan(0, length), 0, (byte)type, 0, 1];
    }

    private static HostAddress AddressIn(byte[] answer)
    {
        var addresses = new HostAddress[2];
        Assert.Equal(1, DnsResponse.ReadAddresses(answer, addresses));
        return addresses[0];
    }

    private sealed class DeadCarrier : IFlowCarrier
    {
        public ValueTask<bool> CarryAsync(Connection program, FlowRequest flow) => new(false);

        public IDatagramWay OpenDatagrams(EventLoop here, HostPort source, DatagramAnswered answered) =>
            throw new NotSupportedException();
    }
}
