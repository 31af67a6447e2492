using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Client;
using Karez.Config;
using Karez.Config.Links;
using Karez.Contracts;
using Karez.Crypto;
using Karez.Probes.Compare;
using Karez.Server;
using Karez.Server.Targets;

namespace Karez.Probes.Nodes;

/// <summary>The node itself with its own client, both in this process, on loopback.</summary>
public sealed class KarezNode : INodeUnderTest
{
    private readonly ConcurrentQueue<Exception> _bugs = new();
    private readonly byte[] _privateKey = RandomNumberGenerator.GetBytes(32);
    private readonly Person _person = new(
        "me", Guid.NewGuid(), RandomNumberGenerator.GetHexString(16, true), DateTimeOffset.UtcNow, Person.VisionFlow);

    private readonly SemaphoreSlim _capturing = new(1);
    private readonly TcpListener _greeter = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, ConcurrentQueue<byte[]>> _sent = new();
    private Node? _node;

    /// <summary>How the node reaches the target, if not at the address that strangers compare it with.</summary>
    public Func<string>? Behind { get; init; }

    /// <summary>Whether the node tells the target who is calling.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>What is known of the target; without it, two tickets and nginx's default patience.</summary>
    public IReadOnlyList<LearntProfile>? Learnt { get; init; }

    /// <summary>A fault on purpose, in the node's own path of strangers.</summary>
    public Mutation Mutation { get; init; }
    private TcpRelay? _recorder;
    private LocalProxy? _client;

    /// <inheritdoc/>
    public async Task<IPEndPoint> StartAsync(IPEndPoint target, string serverName, CancellationToken cancellationToken)
    {
        // strangers of a suite come faster than any real ones: the bucket would make them wait
        var config = new NodeConfig(
            Behind?.Invoke() ?? target.ToString(), "127.0.0.1:0", serverName, ProxyProtocol: ProxyProtocol,
            AllowPrivate: true, TargetConnectionsPerSecond: 10_000);
        var plan = NodePlan.Compile(config, new NodeKeys(Base64Url.EncodeToString(_privateKey)), keysAreNew: true);
        // learnt already: visits in the background would keep a target busy that serves one connection at a time
        plan = plan with
        {
            Learnt = new LearntTarget(plan.Target.ToString(), DateTimeOffset.UtcNow, Learnt ?? Tickets(serverName)),
        };
        // no looks either
        plan = plan with { TargetLook = null };
        if (Mutation != Mutation.None)
            plan = plan with { StrangerCare = new FaultyCare(Mutation) };
        _node = await Node.StartAsync(plan, new Roster([_person]), TimeProvider.System, _bugs.Enqueue);
        _recorder = new TcpRelay(_node.Listening, tap: (number, fromTarget, octets) =>
        {
            if (!fromTarget)
                _sent.GetOrAdd(number, _ => new()).Enqueue(octets.ToArray());
        });
        _client = LocalProxy.Start(
            new ClientPlan { Listen = new(IPAddress.Loopback, 0), Link = Link(serverName), Profile = "chromium-156" },
            BrowserProfile.Default,
            TimeProvider.System,
            _bugs.Enqueue);
        _greeter.Start();
        return _node.Listening;
    }

    /// <inheritdoc/>
    public async Task<byte[]> CaptureValidHelloAsync(CancellationToken cancellationToken)
    {
        await _capturing.WaitAsync(cancellationToken);
        try
        {
            _sent.Clear();
            await ComeThroughAsync(cancellationToken);
            // an earlier connection may still be saying goodbye
            var latest = _sent[_sent.Keys.Max()];
            return HelloOf([.. latest.SelectMany(o => o)]);
        }
        finally
        {
            _capturing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _greeter.Dispose();
        _capturing.Dispose();
        if (_client is not null)
            await _client.DisposeAsync();
        if (_recorder is not null)
            await _recorder.DisposeAsync();
        if (_node is not null)
            await _node.DisposeAsync();
        if (!_bugs.IsEmpty)
            throw new AggregateException("the node or its client has a bug", _bugs);
    }

    /// <summary>The node as a link names it, for clients of a test's own.</summary>
    public RealityLink LinkFor(string serverName)
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(_privateKey, publicKey);
        return new RealityLink
        {
            ServerName = serverName,
            PublicKey = publicKey,
            ShortId = ShortId.TryParse(_person.ShortId, out var id) ? id : throw new InvalidOperationException(),
        };
    }

    /// <summary>Brings an octet from the far side through the channel: then the node has let the hello in.</summary>
    private async Task ComeThroughAsync(CancellationToken cancellationToken)
    {
        var proxy = _client ?? throw new InvalidOperationException("the node was not started");
        using var app = new TcpClient { NoDelay = true };
        await app.ConnectAsync(proxy.Listening, cancellationToken);
        var stream = app.GetStream();
        var port = ((IPEndPoint)_greeter.LocalEndpoint).Port;
        // SOCKS5: no authentication; CONNECT 127.0.0.1:port (RFC 1928)
        await stream.WriteAsync((byte[])[5, 1, 0], cancellationToken);
        await stream.ReadExactlyAsync(new byte[2], cancellationToken);
        await stream.WriteAsync((byte[])[5, 1, 0, 1, 127, 0, 0, 1, (byte)(port >> 8), (byte)port], cancellationToken);
        var arriving = _greeter.AcceptTcpClientAsync(cancellationToken).AsTask();
        var answer = new byte[10];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        if (answer[1] != 0)
            throw new InvalidOperationException($"the node did not let its client in: SOCKS {answer[1]}");
        await stream.WriteAsync("up"u8.ToArray(), cancellationToken);
        using var arrived = await arriving.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        await arrived.GetStream().WriteAsync("ok"u8.ToArray(), cancellationToken);
        await stream.ReadExactlyAsync(new byte[2], cancellationToken);
    }

    /// <summary>Two tickets after the handshake, as OpenSSL sends them; strangers get the target's own anyway.</summary>
    private static IReadOnlyList<LearntProfile> Tickets(string name)
    {
        LearntPatience[] patience = [LearntPatience.Of(TargetPatience.Unknown)];
        int[][][] tickets = [[[255], [255]]];
        return
        [
            .. Enum.GetValues<AlpnClass>()
                .Select(alpn => new LearntProfile(name, alpn, tickets, tickets, 32, patience, patience)),
        ];
    }

    private static byte[] HelloOf(byte[] octets)
    {
        var records = TlsRecord.Split(octets, out _);
        return octets[..(5 + records[0].Length)];
    }

    private VlessLink Link(string serverName)
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(_privateKey, publicKey);
        return new VlessLink
        {
            Id = _person.Id,
            Host = "127.0.0.1",
            Port = _recorder!.Endpoint.Port, // made before the client
            ServerName = serverName,
            PublicKey = Base64Url.EncodeToString(publicKey),
            ShortId = _person.ShortId,
            Flow = _person.Flow,
        };
    }
}
