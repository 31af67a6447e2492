using System.Net;
using Karez.Ip.Dns;
using Karez.Ip.Headers;
using Karez.Net.Loops;
using Karez.Tun.Flows;
using Karez.Wire;

namespace Karez.Tun.Names;

/// <summary>
/// Answers questions: at once what is decided here or known, later what others have to be asked. Members are for its
/// loop. docs/protocols/dns.md has the table.
/// </summary>
internal sealed class NameServer(
    EventLoop loop, TunOptions options, IFlowRouter router, IFlowCarrier carrier, NameTable names, IEntropy entropy)
{
    private readonly DnsCache _cache = new(MaxCached);
    private readonly Dictionary<(string Name, DnsType Type), Task<byte[]?>> _lookUps = [];
    private IReadOnlyList<IPEndPoint> _directResolvers = options.DirectResolvers;
    private int _nextResolver;
    private int _networks;

    /// <summary>Forgets what direct resolvers have said, and asks these from now on.</summary>
    /// <param name="resolvers">Who is asked for direct names.</param>
    public void AskDirect(IReadOnlyList<IPEndPoint> resolvers)
    {
        _networks++;
        (_directResolvers, _nextResolver) = (resolvers, 0);
        _cache.Clear();
    }

    /// <summary>Answers at once, if that is possible.</summary>
    /// <param name="message">The message.</param>
    /// <param name="answer">Room for <see cref="DnsQuery.MaxMessage"/> octets.</param>
    /// <param name="mayAsk">Whether an answer is to be had from <see cref="AskAsync"/>.</param>
    /// <returns>The answer's octets; 0 when there is none, or not yet.</returns>
    public int Answer(ReadOnlySpan<byte> message, Span<byte> answer, out bool mayAsk)
    {
        mayAsk = false;
        if (DnsQuery.TryRead(message, out var query) is not { } code)
            return 0;
        if (code != DnsCode.NoError)
            return DnsAnswer.WriteRefusal(message, code, answer);
        if (!query.IsHostName)
            return DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer);
        var route = RouteOf(query.Name);
        switch (SpecialNames.KindOf(query.Name))
        {
            case SpecialName.Loopback:
                return AnswerLoopback(query, answer);
            case SpecialName.Resolver:
            case SpecialName.Nowhere when route != FlowRoute.Direct:
                return DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer);
            case SpecialName.Reverse when SpecialNames.TryReadReverse(query.Name, out var address):
                if (TryAnswerReverse(query, address, answer, out var length, out route))
                    return length;
                break;
            default:
                break;
        }

        if (route == FlowRoute.Refuse)
            return DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer);
        if (route == FlowRoute.Channel && TryAnswerFake(query, answer, out var fake))
            return fake;
        if (query.Type == DnsType.Aaaa && !options.CarriesIPv6)
            return DnsAnswer.WriteNegative(query, DnsCode.NoError, answer);
        var known = _cache.TryWrite(query, loop.Now, answer);
        mayAsk = known == 0;
        return known;
    }

    /// <summary>Asks whoever is to be asked; what cannot be learnt is SERVFAIL.</summary>
    /// <param name="message">A message that <see cref="Answer"/> could not answer yet.</param>
    public async ValueTask<byte[]> AskAsync(byte[] message)
    {
        var found = await StartAsking(message);
        return Shape(message, found);
    }

    /// <summary>Cuts an answer that is too long for the asker's UDP.</summary>
    public static int FitUdp(ReadOnlySpan<byte> message, Span<byte> answer, int length)
    {
        if (length <= 512 || DnsQuery.TryRead(message, out var query) != DnsCode.NoError || length <= query.MaxUdp)
            return length;
        return DnsAnswer.WriteTruncated(query, answer);
    }

    private static byte[] Shape(byte[] message, byte[]? found)
    {
        _ = DnsQuery.TryRead(message, out var query); // it was read before
        var answer = new byte[found is null ? 600 : found.Length];
        var length = found is null
            ? DnsAnswer.WriteFailure(query, DnsCode.ServerFailure, answer)
            : DnsCache.Shape(found, query, TimeSpan.Zero, answer);
        return answer[..length];
    }

    private FlowRoute RouteOf(string name)
    {
        if (options.RefusesDoh && SpecialNames.IsKnownResolver(name))
            return FlowRoute.Refuse;
        return router.RouteName(name);
    }

    private FlowRoute RouteOf(HostAddress address) =>
        router.RouteFlow(new FlowRequest(FlowTransport.Udp, default, new HostPort(address, 53), null, false));

    private static int AnswerLoopback(in DnsQuery query, Span<byte> answer) => query.Type switch
    {
        DnsType.A => DnsAnswer.WriteAddress(query, HostAddress.From(IPAddress.Loopback), FakeTtl, answer),
        DnsType.Aaaa => DnsAnswer.WriteAddress(query, HostAddress.From(IPAddress.IPv6Loopback), FakeTtl, answer),
        _ => DnsAnswer.WriteNegative(query, DnsCode.NoError, answer),
    };

    /// <summary>The name of a fake address is known, that of a private one nobody's business.</summary>
    private bool TryAnswerReverse(
        in DnsQuery query, HostAddress address, Span<byte> answer, out int length, out FlowRoute route)
    {
        var isFake = names.IsFake(address, loop.Now, out var name);
        route = router.RouteFlow(
            new FlowRequest(FlowTransport.Udp, default, new HostPort(address, 53), name, isFake));
        if (isFake)
        {
            length = name is not null && query.Type == DnsType.NameOf
                ? DnsAnswer.WritePointer(query, name, FakeTtl, answer)
                : DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer);
            return true;
        }

        length = ChannelRouter.IsPrivate(address) && _directResolvers.Count == 0
            ? DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, answer)
            : 0;
        return length > 0;
    }

    private bool TryAnswerFake(in DnsQuery query, Span<byte> answer, out int length)
    {
        length = 0;
        switch (query.Type)
        {
            case DnsType.Aaaa when !options.CarriesIPv6 || options.IPv6 is null:
            case DnsType.Https or DnsType.Svcb:
                length = DnsAnswer.WriteNegative(query, DnsCode.NoError, answer);
                return true;
            case DnsType.A or DnsType.Aaaa:
                length = names.TryGive(query.Name, query.Type == DnsType.Aaaa, loop.Now, out var address)
                    ? DnsAnswer.WriteAddress(query, address, FakeTtl, answer)
                    : DnsAnswer.WriteFailure(query, DnsCode.ServerFailure, answer);
                return true;
            default:
                return false;
        }
    }

    /// <summary>One look-up for all who ask the same at the same time.</summary>
    private Task<byte[]?> StartAsking(byte[] message)
    {
        _ = DnsQuery.TryRead(message, out var query);
        var key = (query.Name, query.Type);
        if (_lookUps.TryGetValue(key, out var pending))
            return pending;
        if (_lookUps.Count >= MaxLookUps)
            return s_none;
        var own = new byte[MaxQuery];
        own = own[..DnsQuestionWriter.Write(query, entropy, own)];
        var route = RouteOf(query.Name);
        if (SpecialNames.TryReadReverse(query.Name, out var address))
            route = RouteOf(address);
        var lookUp = LookUpAsync(key, own, route);
        if (!lookUp.IsCompleted)
            _lookUps[key] = lookUp;
        return lookUp;
    }

    private async Task<byte[]?> LookUpAsync((string Name, DnsType Type) key, byte[] query, FlowRoute route)
    {
        var network = _networks;
        try
        {
            var answer = route == FlowRoute.Direct ? await AskDirectAsync(query) : await AskFarAsync(query);
            if (answer is null)
                return null;
            if (route != FlowRoute.Direct || network == _networks) // else of a network that was left meanwhile
                _cache.Add(key.Name, key.Type, answer, loop.Now);
            if (route == FlowRoute.Direct)
                names.NoteDirect(key.Name, answer);
            return answer;
        }
        finally
        {
            _lookUps.Remove(key);
        }
    }

    private async ValueTask<byte[]?> AskDirectAsync(byte[] query)
    {
        byte[]? last = null;
        for (var i = 0; i < MaxTries && _directResolvers.Count > 0; i++)
        {
            var server = _directResolvers[_nextResolver % _directResolvers.Count];
            var answer = await DnsExchange.AskDirectAsync(loop, server, query, options.Mark);
            if (answer is not null && DnsResponse.CodeOf(answer) is DnsCode.NoError or DnsCode.NoSuchName)
                return answer;
            last = answer ?? last;
            _nextResolver++; // one that does not answer is not the first to be asked next time
        }

        return last;
    }

    /// <summary>Through the channel by TCP: one end of a pair is carried to the resolver like any program's.</summary>
    private async ValueTask<byte[]?> AskFarAsync(byte[] query)
    {
        try
        {
            foreach (var server in options.FarResolvers.Take(MaxTries))
            {
                if (await AskFarAsync(server, query) is { } answer)
                    return answer;
            }
        }
        catch (ConnectionException)
        {
            // No descriptors for a pair, or the loop ends.
        }

        return null;
    }

    private async ValueTask<byte[]?> AskFarAsync(IPEndPoint server, byte[] query)
    {
        var (ours, theirs) = Connection.Pair(loop);
        using (ours)
        {
            var flow = new FlowRequest(FlowTransport.Tcp, default, HostPort.From(server), null, false);
            var carrying = CarryAsync(theirs, flow);
            var answer = await DnsExchange.AskByTcpAsync(ours, query);
            theirs.Abort(ConnectionFault.Closed); // nobody waits for the far side to finish
            await carrying;
            return answer;
        }
    }

    private async Task CarryAsync(Connection theirs, FlowRequest flow)
    {
        using (theirs)
            await carrier.CarryAsync(theirs, flow);
    }

    private static readonly Task<byte[]?> s_none = Task.FromResult<byte[]?>(null);
    private const uint FakeTtl = 60;
    private const int MaxCached = 2048;
    private const int MaxLookUps = 256;
    private const int MaxTries = 3;
    private const int MaxQuery = 300;
}
