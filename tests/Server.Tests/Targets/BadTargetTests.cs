using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Config;
using Karez.Contracts;
using Karez.Crypto;
using Karez.Secure;
using Karez.Tls;
using Karez.Tls.Handshake;

namespace Karez.Server.Tests.Targets;

/// <summary>Targets that cannot be borrowed: what strangers and people get, and that the node survives them.</summary>
public sealed class BadTargetTests
{
    private readonly byte[] _privateKey = [.. Enumerable.Range(0x20, 32).Select(i => (byte)i)];
    private readonly Person _person = new("me", Guid.NewGuid(), "0123456789abcdef", DateTimeOffset.UtcNow, "");

    [Theory]
    [InlineData("resets", "it breaks off the handshake")]
    [InlineData("hangs up", "it breaks off the handshake")]
    [InlineData("another protocol", "it speaks no TLS")]
    [InlineData("tls12", "it speaks no TLS 1.3")]
    [InlineData("retry", "it answers a browser's hello with HelloRetryRequest")]
    [InlineData("oversized", "its handshake is larger than 17 KiB, or of a shape that is not known")]
    public async Task A_target_that_cannot_be_borrowed_is_refused_at_the_first_start_and_forwarded_later(
        string kind, string trouble)
    {
        await using var target = new BadTarget { Kind = kind };
        var refused = await Assert.ThrowsAsync<TargetException>(() => StartAsync(target, isFirst: true));
        Assert.Equal(trouble, refused.Message);

        await using var node = await StartAsync(target, isFirst: false);
        var bare = await MeetAsync(target.EndPoint, null);
        Assert.Equal(bare, await MeetAsync(node.Listening, null));
        // one of ours is carried to it as well: there is nothing to answer in the shape of
        Assert.Equal(bare, await MeetAsync(node.Listening, UnixNow()));
        await HearAsync(() => node.TargetTrouble == trouble);
        Assert.Contains(NodeReport.Warnings(node), w => w.Contains(trouble, StringComparison.Ordinal));

        target.Kind = "well";
        Assert.Equal("the node", await MeetAsync(node.Listening, UnixNow()));
        Assert.Equal(await MeetAsync(target.EndPoint, null), await MeetAsync(node.Listening, null));
        await HearAsync(() => node.TargetTrouble is null);
    }

    [Fact]
    public async Task A_slow_target_makes_a_slow_node()
    {
        await using var target = new BadTarget();
        await using var node = await StartAsync(target, isFirst: false);
        target.Kind = "slow";
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal("the site", await MeetAsync(node.Listening, null));
        Assert.Equal("the node", await MeetAsync(node.Listening, UnixNow()));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 3.9, 10);
    }

    [Fact]
    public async Task A_target_that_is_away_shows_as_a_server_without_a_back_end()
    {
        IPEndPoint there;
        await using (var gone = new BadTarget())
            there = gone.EndPoint;
        await using var node = await StartAsync(there, isFirst: false);
        Assert.Equal("reset", await MeetAsync(node.Listening, null));
        Assert.Equal("reset", await MeetAsync(node.Listening, UnixNow()));
        await HearAsync(() => node.TargetTrouble == "it refuses connections");
    }

    private static long UnixNow() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static async Task HearAsync(Func<bool> condition)
    {
        for (var i = 0; i < 400 && !condition(); i++)
            await Task.Delay(50);
        Assert.True(condition());
    }

    private Task<Node> StartAsync(BadTarget target, bool isFirst) => StartAsync(target.EndPoint, isFirst);

    private Task<Node> StartAsync(IPEndPoint target, bool isFirst)
    {
        var config = new NodeConfig($"{target}", "127.0.0.1:0", Certificates.Name, AllowPrivate: true);
        var keys = new NodeKeys(System.Buffers.Text.Base64Url.EncodeToString(_privateKey));
        var plan = NodePlan.Compile(config, keys, keysAreNew: true) with
        {
            Learnt = isFirst ? null : ChannelBed.Known(config.Target),
            TargetLook = TimeSpan.FromMilliseconds(300),
        };
        return Node.StartAsync(plan, new Roster([_person]), TimeProvider.System, e => Assert.Fail($"{e}"));
    }

    /// <summary>A browser's hello, sealed when there is a stamp: who answers, or what goes wrong.</summary>
    private async Task<string> MeetAsync(IPEndPoint door, long? stamp)
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(_privateKey, publicKey);
        Assert.True(ShortId.TryParse(_person.ShortId, out var shortId));
        using var reality = new RealityClient(new RealityLink
        {
            ServerName = Certificates.Name,
            PublicKey = publicKey,
            ShortId = shortId,
        });
        var browser = BrowserHello.Build(BrowserProfile.Default, Certificates.Name, SystemEntropy.Instance);
        var offer = new ClientOffer { Hello = browser.Hello, KeyShares = browser.KeyShares, AcceptEd25519 = true };
        if (stamp is { } seconds)
            Assert.True(reality.TrySeal(offer, seconds));
        using var tls = new TlsClient(offer, SystemEntropy.Instance);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(door);
            return await ShakeHandsAsync(socket, tls, reality).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset ? "reset" : $"{e.SocketErrorCode}";
        }
    }

    private static async Task<string> ShakeHandsAsync(Socket socket, TlsClient tls, RealityClient reality)
    {
        var (input, output, start, end) = (new byte[1 << 17], new byte[1 << 14], 0, 0);
        while (true)
        {
            var status = tls.Advance(input.AsSpan(start..end), output, default, out var consumed, out var produced);
            start += consumed;
            if (produced > 0)
                await socket.SendAsync(output.AsMemory(0, produced));
            if (status == TlsStatus.NeedDecision)
                return reality.IsNode(tls.Identity) ? "the node" : "the site";
            if (status is not (TlsStatus.NeedInput or TlsStatus.NeedOutputSpace))
                return $"{tls.Fault}";
            if (status != TlsStatus.NeedInput)
                continue;
            var count = await socket.ReceiveAsync(input.AsMemory(end));
            if (count == 0)
                return "closed";
            end += count;
        }
    }
}
