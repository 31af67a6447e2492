using System.Buffers.Binary;
using Karez.Crypto;
using Karez.Net.Inbounds;
using Karez.Net.Loops;
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

namespace Karez.Net.Tests.Tunnel;

/// <summary>
/// Client's leg and node's leg over loopback, with a tap that reads the outer stream and cuts it anywhere.
/// </summary>
public class VlessLegTests
{
    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");

    // Frames without padding: the status after the last one comes with nothing left of its record.
    private static readonly ShapeStep BareStep = new(4096, 7900, 0, 0, 0, 0);
    private static readonly Shape Bare = new([BareStep], [BareStep], PadsOnlyTls: false, OpeningRecord: 0);

    [Theory]
    [InlineData("bare")]
    [InlineData("published")]
    [InlineData("default")]
    public async Task A_hidden_TLS_13_flow_arrives_and_the_outer_stream_is_records_from_end_to_end(string shape)
    {
        for (ulong seed = 0; seed < 12; seed++)
        {
            var entropy = new SeededEntropy(seed);
            var (up, down) = await CarryAsync(entropy, ShapeOf(shape), InnerFlow.Tls13(entropy), expectRaw: true);
            Assert.True(IsRecords(up), $"up, seed {seed}");
            Assert.True(IsRecords(down), $"down, seed {seed}");
            if (shape != "default")
                continue;
            Assert.Equal(92, RecordLength(up));
            Assert.InRange(RecordLength(up.AsSpan(92)), 484, 562);
        }
    }

    [Theory]
    [InlineData("published")]
    [InlineData("default")]
    public Task A_node_that_speaks_first_is_heard_after_the_header_alone(string shape) =>
        LoopBench.RunAsync(loop => SpeakFirstAsync(loop, ShapeOf(shape)));

    [Theory]
    [InlineData("bare")]
    [InlineData("default")]
    public async Task Other_flows_arrive_and_stay_inside_the_tunnel(string shape)
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            var entropy = new SeededEntropy(seed);
            var flow = seed % 2 == 0 ? InnerFlow.Tls12(entropy) : InnerFlow.Octets(entropy, 12, 30_000);
            var (up, down) = await CarryAsync(entropy, ShapeOf(shape), flow, expectRaw: false);
            Assert.True(IsRecords(up) && IsRecords(down));
        }
    }

    private static async ValueTask SpeakFirstAsync(EventLoop loop, Shape shape)
    {
        var entropy = new SeededEntropy(4);
        var (clientEnd, nodeEnd) = await LoopBench.TcpAsync(loop);
        var (clientTunnel, nodeTunnel) = Tunnels(clientEnd, nodeEnd, entropy);
        // A name so long that the request does not fit into the opening record.
        Assert.True(Destination.TryFromHost(new string('n', 200), 25, out var destination));
        var request = new VlessRequest(User, VlessFlow.Vision, VlessCommand.Tcp, destination);
        using var client = new VlessLeg(
            clientTunnel, request, VisionPair.Make(User, VisionSide.Client, shape, entropy));
        await client.SendHeadAsync();
        var arrival = (await VlessInbound.ReceiveAsync(nodeTunnel, TimeSpan.FromSeconds(10))).GetValueOrDefault();
        Assert.Equal(request, arrival.Request);
        using var node = new VlessLeg(
            nodeTunnel, arrival.Body, VisionPair.Make(User, VisionSide.Server, shape, entropy));
        await node.SendAsync("220 hello"u8.ToArray());
        await ReceiveAsync(client, "220 hello"u8.ToArray());
        await client.SendAsync("EHLO"u8.ToArray());
        await ReceiveAsync(node, "EHLO"u8.ToArray());
    }

    private static Shape ShapeOf(string name) => name switch
    {
        "bare" => Bare,
        "published" => Shape.Published,
        _ => Shape.Default,
    };

    private static async Task<(byte[] Up, byte[] Down)> CarryAsync(
        SeededEntropy entropy, Shape shape, List<InnerFlow.Message> flow, bool expectRaw)
    {
        var (up, down) = (new MemoryStream(), new MemoryStream());
        await LoopBench.RunAsync(async loop =>
        {
            var (clientEnd, tapNear) = await LoopBench.TcpAsync(loop);
            var (tapFar, nodeEnd) = await LoopBench.TcpAsync(loop);
            var taps = Task.WhenAll(TapAsync(tapNear, tapFar, up, entropy), TapAsync(tapFar, tapNear, down, entropy));
            Assert.True(Destination.TryParse("example.com:443", out var destination));
            var request = new VlessRequest(User, VlessFlow.Vision, VlessCommand.Tcp, destination);
            var (clientTunnel, nodeTunnel) = Tunnels(clientEnd, nodeEnd, entropy);
            using (tapNear)
            using (tapFar)
            using (var client = new VlessLeg(
                clientTunnel, request, VisionPair.Make(User, VisionSide.Client, shape, entropy)))
            {
                var first = flow[0].Octets;
                await client.SendAsync(first);
                var arrival = (await VlessInbound.ReceiveAsync(nodeTunnel, TimeSpan.FromSeconds(10)))
                    .GetValueOrDefault();
                Assert.Equal(request, arrival.Request);
                using var node = new VlessLeg(
                    nodeTunnel, arrival.Body, VisionPair.Make(User, VisionSide.Server, shape, entropy));
                await ReceiveAsync(node, first);
                foreach (var message in flow.Skip(1))
                {
                    var (from, to) = message.From == VisionSide.Client ? (client, node) : (node, client);
                    var sent = from.SendAsync(message.Octets).AsTask();
                    await ReceiveAsync(to, message.Octets);
                    await sent;
                }

                foreach (var leg in new[] { client, node })
                    Assert.Equal((expectRaw, expectRaw), (leg.SendsBare, leg.ReceivesBare));
                await client.FinishAsync();
                Assert.True((await node.ReceiveAsync()).IsEmpty);
                await node.FinishAsync();
                Assert.True((await client.ReceiveAsync()).IsEmpty);
                await taps;
            }
        });
        return (up.ToArray(), down.ToArray());
    }

    private static async ValueTask ReceiveAsync(VlessLeg leg, byte[] expected)
    {
        for (var at = 0; at < expected.Length;)
        {
            var content = await leg.ReceiveAsync();
            Assert.False(content.IsEmpty);
            Assert.True(at + content.Length <= expected.Length);
            Assert.True(content.Span.SequenceEqual(expected.AsSpan(at, content.Length)));
            at += content.Length;
        }
    }

    private static async Task TapAsync(Connection from, Connection to, MemoryStream seen, SeededEntropy entropy)
    {
        var buffer = new byte[40_000];
        while (await from.ReadAsync(buffer.AsMemory(0, 1 + entropy.Below(buffer.Length))) is var count and > 0)
        {
            seen.Write(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count));
        }

        to.ShutdownWrite();
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

    private static bool IsRecords(byte[] stream)
    {
        var at = 0;
        while (at + 5 <= stream.Length && stream[at] is >= 20 and <= 23 && stream[at + 1] == 3)
            at += RecordLength(stream.AsSpan(at));
        return at == stream.Length && at > 0;
    }

    private static int RecordLength(ReadOnlySpan<byte> stream) =>
        5 + BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
}
