using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Config;
using Karez.Config.Links;
using Karez.Contracts;
using Karez.Crypto;
using Karez.Server;

namespace Karez.Browsers.Flights;

/// <summary>A node that has learnt the site, a tap before it, and a client before that.</summary>
internal sealed class ChannelInside : IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> _bugs = new();
    private readonly Node _node;

    private ChannelInside(Node node, Person person, byte[] privateKey)
    {
        _node = node;
        Tap = new FlightTap(node.Listening);
        var publicKey = new byte[32];
        X25519.DerivePublicKey(privateKey, publicKey);
        var link = new VlessLink
        {
            Id = person.Id,
            Host = "127.0.0.1",
            Port = Tap.Port,
            ServerName = HttpTwoSite.Name,
            PublicKey = Base64Url.EncodeToString(publicKey),
            ShortId = person.ShortId,
            Flow = person.Flow,
        };
        Client = LocalProxy.Start(
            new ClientPlan
            {
                Listen = new(IPAddress.Loopback, 0),
                Link = link,
                Profile = BrowserProfile.Default.Name,
                Answers = AnswerMode.Early, // the site's port stands for 443
                Endpoints = new EndpointPlan { Connections = 0 }, // each flow's own beginning is looked at
            },
            BrowserProfile.Default,
            TimeProvider.System,
            _bugs.Enqueue);
    }

    public FlightTap Tap { get; }

    public LocalProxy Client { get; }

    /// <summary>Starts the node; its first look at the site tells it what that sends after a handshake.</summary>
    public static async Task<ChannelInside> StartAsync(int sitePort)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var person = new Person(
            "me", Guid.NewGuid(), RandomNumberGenerator.GetHexString(16, true), DateTimeOffset.UtcNow,
            Person.VisionFlow);
        var config = new NodeConfig(
            $"127.0.0.1:{sitePort}", "127.0.0.1:0", HttpTwoSite.Name, AllowPrivate: true,
            TargetConnectionsPerSecond: 10_000);
        var bugs = new ConcurrentQueue<Exception>();
        var node = await Node.StartAsync(
            NodePlan.Compile(config, new NodeKeys(Base64Url.EncodeToString(key)), keysAreNew: true),
            new Roster([person]),
            TimeProvider.System,
            bugs.Enqueue);
        return new ChannelInside(node, person, key);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Tap.DisposeAsync();
        await _node.DisposeAsync();
        Assert.Empty(_bugs);
    }
}
