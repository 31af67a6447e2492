using Karez.Crypto;
using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tests.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Tests.Vision;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Keys;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Net.Tests.Relay;

/// <summary>Two flows in a row, after the first messages of a hidden flow have passed them.</summary>
internal sealed class FlowBed : IDisposable
{
    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");
    private readonly List<Connection> _connections = [];
    private readonly List<VlessLeg> _legs = [];
    private Task<FlowResult> _client = null!;
    private Task<FlowResult> _node = null!;
    private long _countedInto;
    private long _countedOutOf;

    public EventLoop Loop { get; private init; } = null!;

    public Connection App { get; private set; } = null!;

    public Connection Origin { get; private set; } = null!;

    /// <summary>The client's end of the tunnel.</summary>
    public Connection ClientEnd { get; private set; } = null!;

    public Flow ClientFlow { get; private set; } = null!;

    public Flow NodeFlow { get; private set; } = null!;

    public FlowResult ClientResult => _client.Result;

    public FlowResult NodeResult => _node.Result;

    public RateLimit DownRate { get; } = new();

    public long CountedInto => _countedInto;

    public long CountedOutOf => _countedOutOf;

    /// <summary>Octets of the first messages, from the program.</summary>
    public long HelloUp { get; private set; }

    /// <summary>Octets of the first messages, to the program.</summary>
    public long HelloDown { get; private set; }

    /// <param name="loop">Where all of it is.</param>
    /// <param name="isRaw">Hidden TLS 1.3, which goes raw; else octets that stay inside.</param>
    /// <param name="limits">Of both flows.</param>
    public static async ValueTask<FlowBed> StartAsync(EventLoop loop, bool isRaw, FlowLimits limits)
    {
        var bed = new FlowBed { Loop = loop };
        var entropy = new SeededEntropy(7);
        var (app, appInside) = await bed.TcpAsync();
        var (clientEnd, nodeEnd) = await bed.TcpAsync();
        var (originInside, origin) = await bed.TcpAsync();
        (bed.App, bed.Origin, bed.ClientEnd) = (app, origin, clientEnd);
        var (clientTunnel, nodeTunnel) = Tunnels(clientEnd, nodeEnd, entropy);
        Assert.True(Destination.TryParse("example.com:443", out var destination));
        var request = new VlessRequest(User, VlessFlow.Vision, VlessCommand.Tcp, destination);
        var client = new VlessLeg(
            clientTunnel, request, VisionPair.Make(User, VisionSide.Client, Shape.Default, entropy));
        bed.ClientFlow = new Flow(appInside, client, limits);
        bed._client = RunAsync(bed.ClientFlow, client, appInside);

        var messages = isRaw ? InnerFlow.Tls13(entropy) : InnerFlow.Octets(entropy, 12, 20_000);
        await bed.PlayAsync(messages[0], app, null);
        var arrival = (await VlessInbound.ReceiveAsync(nodeTunnel, TimeSpan.FromSeconds(10))).GetValueOrDefault();
        var node = new VlessLeg(
            nodeTunnel, arrival.Body, VisionPair.Make(User, VisionSide.Server, Shape.Default, entropy));
        bed._legs.AddRange([client, node]);
        bed.NodeFlow = new Flow(originInside, node, limits)
        {
            IntoRate = bed.DownRate,
            IntoCounted = count => bed._countedInto += count,
            OutOfCounted = count => bed._countedOutOf += count,
        };
        bed._node = RunAsync(bed.NodeFlow, node, originInside);
        await BarePumpTests.HashAsync(origin, messages[0].Octets.Length);
        foreach (var message in messages.Skip(1))
        {
            var fromApp = message.From == VisionSide.Client;
            await bed.PlayAsync(message, fromApp ? app : origin, fromApp ? origin : app);
        }

        return bed;
    }

    /// <summary>Both sides finish; then both flows end.</summary>
    public async ValueTask FinishAsync()
    {
        App.ShutdownWrite();
        Assert.Equal(0, await Origin.ReadAsync(new byte[1]));
        Origin.ShutdownWrite();
        Assert.Equal(0, await App.ReadAsync(new byte[1]));
        await EndAsync();
    }

    public Task EndAsync() => Task.WhenAll(_client, _node).WaitAsync(TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        foreach (var leg in _legs)
            leg.Dispose();
        foreach (var connection in _connections)
            connection.Dispose();
    }

    /// <summary>As the owners of a flow do: when it ends, both its sides are closed.</summary>
    private static async Task<FlowResult> RunAsync(Flow flow, VlessLeg leg, Connection plain)
    {
        var result = await flow.RunAsync();
        leg.Dispose();
        plain.Dispose();
        return result;
    }

    private async ValueTask PlayAsync(InnerFlow.Message message, Connection from, Connection? to)
    {
        if (message.From == VisionSide.Client)
            HelloUp += message.Octets.Length;
        else
            HelloDown += message.Octets.Length;
        var sent = from.WriteAsync(message.Octets).AsTask();
        if (to is not null)
            await BarePumpTests.HashAsync(to, message.Octets.Length);
        await sent;
    }

    private async ValueTask<(Connection, Connection)> TcpAsync()
    {
        var pair = await LoopBench.TcpAsync(Loop);
        _connections.AddRange([pair.Client, pair.Server]);
        return pair;
    }

    private static (Karez.Net.Tunnel.Tunnel Client, Karez.Net.Tunnel.Tunnel Node) Tunnels(
        Connection client, Connection node, SeededEntropy entropy)
    {
        using var up = new Secret(32);
        using var down = new Secret(32);
        entropy.Fill(up.Octets);
        entropy.Fill(down.Octets);
        return (Make(client, true), Make(node, false));

        Karez.Net.Tunnel.Tunnel Make(Connection connection, bool isClient)
        {
            const CipherSuite suite = CipherSuite.Aes128GcmSha256;
            var (opener, sealer) = (new RecordOpener(), new RecordSealer());
            opener.Protect(suite, isClient ? down : up);
            sealer.Protect(suite, isClient ? up : down);
            var session = new TlsSession(suite, NamedGroup.X25519, opener, sealer, up, down, isClient);
            return new Karez.Net.Tunnel.Tunnel(connection, session, default);
        }
    }
}
