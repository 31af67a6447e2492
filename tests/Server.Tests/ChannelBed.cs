using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Config;
using Karez.Config.Links;
using Karez.Contracts;
using Karez.Crypto;
using Karez.Net.Relay;
using Karez.Server.Targets;

namespace Karez.Server.Tests;

/// <summary>A target, a node in front of it, and a client before that, all in this process on loopback.</summary>
internal sealed class ChannelBed : IAsyncDisposable
{
    private readonly List<Exception> _bugs = [];
    private readonly byte[] _privateKey = [.. Enumerable.Range(0x40, 32).Select(i => (byte)i)];

    private ChannelBed(TestSite target, Person person) => (Target, Person) = (target, person);

    public TestSite Target { get; }

    public Person Person { get; }

    public Node Node { get; private set; } = null!;

    public LocalProxy Client { get; private set; } = null!;

    /// <summary>Somebody else who may come in.</summary>
    public Person Other { get; private init; } = null!;

    public static async Task<ChannelBed> StartAsync(
        bool vision, bool allowPrivate = true, DatagramLimits? datagrams = null,
        LearntTarget? learnt = null, int targetConnectionsPerSecond = 100_000, bool sharing = true,
        EndpointPlan? endpoints = null)
    {
        var other = new Person(
            "other", Guid.NewGuid(), "fedcba9876543210", DateTimeOffset.UtcNow, vision ? Person.VisionFlow : "");
        var person = new Person(
            "me", Guid.NewGuid(), "0123456789abcdef", DateTimeOffset.UtcNow, vision ? Person.VisionFlow : "");
        var bed = new ChannelBed(new TestSite((byte)'t', Certificates.Make()), person) { Other = other };
        var config = new NodeConfig(
            $"127.0.0.1:{bed.Target.Port}", "127.0.0.1:0", Certificates.Name, AllowPrivate: allowPrivate,
            TargetConnectionsPerSecond: targetConnectionsPerSecond,
            Sharing: sharing);
        var keys = new NodeKeys(System.Buffers.Text.Base64Url.EncodeToString(bed._privateKey));
        bed.Node = await Node.StartAsync(
            NodePlan.Compile(config, keys, keysAreNew: true) with
            {
                Datagrams = datagrams ?? DatagramLimits.Default,
                Learnt = learnt ?? Known(config.Target),
                TargetLook = null,
            },
            new Roster([person, other]),
            TimeProvider.System,
            bed.Note);
        bed.Client = bed.Connect(bed.LinkOf(person), endpoints: endpoints);
        return bed;
    }

    /// <summary>
    /// What a round of learning finds here, so that no visit goes on in the background while something is counted.
    /// </summary>
    public static LearntTarget Known(string target)
    {
        LearntPatience[] patience = [LearntPatience.Of(TargetPatience.Unknown)];
        int[][][] tickets = [[[255], [255]]];
        return new LearntTarget(target, DateTimeOffset.UtcNow,
        [
            .. Enum.GetValues<AlpnClass>()
                .Select(alpn => new LearntProfile(Certificates.Name, alpn, tickets, tickets, 32, patience, patience)),
        ]);
    }

    /// <summary>Starts a further client.</summary>
    public LocalProxy Connect(Person person) => Connect(LinkOf(person));

    /// <summary>Starts a further client.</summary>
    public LocalProxy Connect(VlessLink link, AnswerMode answers = AnswerMode.Auto, int warm = 0,
        EndpointPlan? endpoints = null) => LocalProxy.Start(
        new ClientPlan
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Link = link,
            Profile = "chromium-156",
            Answers = answers,
            WarmConnections = warm,
            Endpoints = endpoints ?? EndpointPlan.Default,
        },
        BrowserProfile.Default,
        TimeProvider.System,
        Note);

    public VlessLink LinkOf(Person person, int port = 0, string? flow = null, string host = "127.0.0.1")
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(_privateKey, publicKey);
        return new VlessLink
        {
            Id = person.Id,
            Host = host,
            Port = port == 0 ? Node.Listening.Port : port,
            ServerName = Certificates.Name,
            PublicKey = System.Buffers.Text.Base64Url.EncodeToString(publicKey),
            ShortId = person.ShortId,
            Flow = flow ?? person.Flow,
        };
    }

    /// <summary>An HTTP client through the channel; it does not look at the origin's certificate.</summary>
    public static HttpClient Through(LocalProxy proxy, string scheme = "socks5") => new(new SocketsHttpHandler
    {
        Proxy = new WebProxy($"{scheme}://{proxy.Listening}"),
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Node.DisposeAsync();
        await Target.DisposeAsync();
        Assert.Empty(_bugs);
    }

    private void Note(Exception exception)
    {
        lock (_bugs)
            _bugs.Add(exception);
    }
}
