using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Config;
using Karez.Contracts;
using Karez.Crypto;
using Karez.Server.State;
using Karez.Server.Tests.State;
using Karez.Tests;
using Karez.Tls;
using Karez.Tls.Handshake;

namespace Karez.Server.Tests;

/// <summary>A hello is let in once, also when the node was restarted in between.</summary>
public class ReplayTests : TempState
{
    private readonly byte[] _privateKey = [.. Enumerable.Range(0x60, 32).Select(i => (byte)i)];
    private readonly X509Certificate2 _certificate = Certificates.Make();
    private readonly Person _person = new("me", Guid.NewGuid(), "0123456789abcdef", DateTimeOffset.UtcNow, "");

    [Theory]
    [InlineData(60)]
    [InlineData(1)]
    [InlineData(-5)]
    public async Task A_copy_after_a_restart_is_a_strangers(int ahead)
    {
        await using var target = new TestSite((byte)'t', _certificate);
        var stamp = UnixNow() + ahead;
        using var firstHellos = HelloJournal.Open(Folder, UnixNow());
        await using var first = await StartAsync(target, firstHellos, isFirst: true);
        Assert.True(await IsLetInAsync(first, seed: 1, stamp));
        Assert.False(await IsLetInAsync(first, seed: 1, stamp));

        // the first one was not stopped: what the second reads is what a crash would leave
        using var hellos = HelloJournal.Open(Folder, UnixNow());
        await using var second = await StartAsync(target, hellos, isFirst: false);
        Assert.False(await IsLetInAsync(second, seed: 1, stamp));
        Assert.True(await IsLetInAsync(second, seed: 2, UnixNow() + 1));
        if (ahead > 0)
            Assert.True(await IsLetInAsync(second, seed: 3, stamp + 5));
    }

    [Fact]
    public async Task A_start_that_cannot_remember_lets_nobody_in_whose_copy_it_could_not_know()
    {
        await using var target = new TestSite((byte)'t', _certificate);
        await using var node = await StartAsync(target, null, isFirst: false);
        Assert.False(await IsLetInAsync(node, seed: 1, UnixNow() + 89));
    }

    [Theory]
    [InlineData(-91)]
    [InlineData(93)] // the node's clock may turn while the hello is on its way
    public async Task A_stamp_too_far_off_gets_the_sites_answer(int off)
    {
        await using var target = new TestSite((byte)'t', _certificate);
        using var hellos = HelloJournal.Open(Folder, UnixNow());
        await using var node = await StartAsync(target, hellos, isFirst: true);
        Assert.False(await IsLetInAsync(node, seed: 1, UnixNow() + off));
        Assert.True(await IsLetInAsync(node, seed: 2, UnixNow()));
    }

    [Fact]
    public async Task A_hello_sealed_for_another_key_gets_the_sites_answer()
    {
        await using var target = new TestSite((byte)'t', _certificate);
        using var hellos = HelloJournal.Open(Folder, UnixNow());
        await using var node = await StartAsync(target, hellos, isFirst: true);
        byte[] another = [.. _privateKey.Reverse()];
        Assert.False(await IsLetInAsync(node, seed: 1, UnixNow(), another));
        Assert.True(await IsLetInAsync(node, seed: 1, UnixNow()));
    }

    private static long UnixNow() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private Task<Node> StartAsync(TestSite target, HelloJournal? hellos, bool isFirst)
    {
        var config = new NodeConfig($"127.0.0.1:{target.Port}", "127.0.0.1:0", Certificates.Name, AllowPrivate: true);
        var keys = new NodeKeys(System.Buffers.Text.Base64Url.EncodeToString(_privateKey));
        var plan = NodePlan.Compile(config, keys, isFirst) with
        {
            Hellos = hellos,
            OpensLate = hellos is null,
            Learnt = ChannelBed.Known(config.Target),
        };
        return Node.StartAsync(plan, new Roster([_person]), TimeProvider.System, e => Assert.Fail($"{e}"));
    }

    /// <summary>Sends the hello that belongs to a seed and a stamp, octet for octet the same each time.</summary>
    /// <returns>True for the node's own certificate, false for the site's; anything else fails.</returns>
    private async Task<bool> IsLetInAsync(Node node, ulong seed, long stamp, byte[]? nodeKey = null)
    {
        var publicKey = new byte[32];
        X25519.DerivePublicKey(nodeKey ?? _privateKey, publicKey);
        Assert.True(ShortId.TryParse(_person.ShortId, out var shortId));
        using var reality = new RealityClient(new RealityLink
        {
            ServerName = Certificates.Name,
            PublicKey = publicKey,
            ShortId = shortId,
        });
        var browser = BrowserHello.Build(BrowserProfile.Default, Certificates.Name, new SeededEntropy(seed));
        var offer = new ClientOffer { Hello = browser.Hello, KeyShares = browser.KeyShares, AcceptEd25519 = true };
        Assert.True(reality.TrySeal(offer, stamp));
        using var tls = new TlsClient(offer, new SeededEntropy(seed));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Listening);
        var (input, output, start, end) = (new byte[1 << 16], new byte[1 << 14], 0, 0);
        while (true)
        {
            var status = tls.Advance(input.AsSpan(start..end), output, default, out var consumed, out var produced);
            start += consumed;
            await socket.SendAsync(output.AsMemory(0, produced));
            if (status == TlsStatus.NeedDecision && reality.IsNode(tls.Identity))
                return true;
            if (status == TlsStatus.NeedDecision)
            {
                Assert.Equal(_certificate.RawData, tls.Identity.CertificateChain[0].ToArray());
                return false;
            }

            Assert.True(status is TlsStatus.NeedInput or TlsStatus.NeedOutputSpace, $"{status} {tls.Fault}");
            if (status != TlsStatus.NeedInput)
                continue;
            var count = await socket.ReceiveAsync(input.AsMemory(end));
            Assert.NotEqual(0, count);
            end += count;
        }
    }
}
