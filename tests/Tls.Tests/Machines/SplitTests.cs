using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Messages;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

/// <summary>Where the wire cuts must not matter. Ed25519 signs the same every time, so runs repeat.</summary>
public class SplitTests
{
    private static readonly TestHello Hello = new() { Schemes = [SignatureScheme.Ed25519] };

    [Fact]
    public void Every_split_of_the_servers_flight_in_two_gives_the_same_client()
    {
        var (toServer, toClient) = Record();
        Assert.InRange(toClient.Length, 300, 4096);
        for (var cut = 0; cut <= toClient.Length; cut++)
        {
            using var client = new TlsClient(Hello.Offer(new SeededEntropy(1)), new SeededEntropy(2));
            var said = new List<byte>();
            var status = Advance(client.Advance, [], said, out _);
            byte[] input = toClient[..cut];
            status = Advance(client.Advance, input, said, out var consumed);
            if (status == TlsStatus.NeedInput)
                status = Advance(client.Advance, [.. input[consumed..], .. toClient[cut..]], said, out _);
            Assert.Equal((TlsStatus.NeedDecision, TlsFault.None), (status, client.Fault));
            client.Accept();
            Assert.Equal(TlsStatus.Done, Advance(client.Advance, [], said, out _));
            Assert.Equal(toServer, said);
        }
    }

    [Fact]
    public void Every_split_of_the_clients_octets_in_two_gives_the_same_server()
    {
        var (toServer, toClient) = Record();
        Assert.InRange(toServer.Length, 200, 4096);
        for (var cut = 0; cut <= toServer.Length; cut++)
        {
            using var server = new TlsServer(TestIdentity.OfEd25519, new SeededEntropy(3));
            var said = new List<byte>();
            byte[] input = toServer[..cut];
            var status = Advance(server.Advance, input, said, out var consumed);
            if (status == TlsStatus.NeedInput)
                status = Advance(server.Advance, [.. input[consumed..], .. toServer[cut..]], said, out _);
            Assert.Equal((TlsStatus.Done, TlsFault.None), (status, server.Fault));
            Assert.Equal(toClient, said);
        }
    }

    [Fact]
    public void A_thousand_connections_with_seeded_cuts_both_ways_all_carry_their_data()
    {
        using var ticketKey = new Secret(new byte[32]);
        for (ulong seed = 0; seed < 1000; seed++)
        {
            var draw = new SeededEntropy(seed);
            var largest = 1 << (1 + draw.Below(12));
            var options = TestIdentity.OfEd25519 with
            {
                ForceRetry = draw.Below(4) == 0,
                TicketKey = draw.Below(2) == 0 ? ticketKey : null,
            };
            using var pair = new Pair(
                Hello.Offer(new SeededEntropy(seed)), options, _ => 1 + draw.Below(largest),
                outputRoom: 1 + draw.Below(2048));
            pair.RunToDone();
            using var client = pair.Client.TakeSession();
            using var server = pair.Server.TakeSession();
            Sessions.Receive(client, pair.ToClient.TakeAll());
            var data = new byte[1 + draw.Below(5000)];
            draw.Fill(data);
            CutAndCompare(client, server, data, draw);
            CutAndCompare(server, client, data, draw);
        }
    }

    [Fact]
    public void A_machine_run_twice_with_the_same_octets_ends_the_same()
    {
        var first = Record();
        var second = Record();
        Assert.Equal(first.ToServer, second.ToServer);
        Assert.Equal(first.ToClient, second.ToClient);
    }

    private delegate TlsStatus AdvanceMachine(
        Span<byte> input, Span<byte> output, Instant now, out int consumed, out int produced);

    private static TlsStatus Advance(AdvanceMachine advance, byte[] input, List<byte> said, out int consumed)
    {
        var output = new byte[8192];
        var status = advance(input, output, new Instant(1_000_000), out consumed, out var produced);
        said.AddRange(output.AsSpan(0, produced));
        return status;
    }

    private static (byte[] ToServer, byte[] ToClient) Record()
    {
        using var pair = new Pair(Hello.Offer(new SeededEntropy(1)), TestIdentity.OfEd25519);
        pair.RunToDone();
        return ([.. pair.ToServer.Log], [.. pair.ToClient.Log]);
    }

    private static void CutAndCompare(TlsSession from, TlsSession to, byte[] data, SeededEntropy draw)
    {
        List<byte> wire = [];
        for (var at = 0; at < data.Length;)
        {
            var length = Math.Min(data.Length - at, 1 + draw.Below(1500));
            var padded = draw.Below(3) == 0 ? length + 22 + draw.Below(300) : 0;
            wire.AddRange(Sessions.Seal(from, data.AsSpan(at, length), padded));
            at += length;
        }

        var received = new List<byte>();
        var waiting = Array.Empty<byte>();
        for (var at = 0; at < wire.Count;)
        {
            var length = Math.Min(wire.Count - at, 1 + draw.Below(3000));
            waiting = [.. waiting, .. wire[at..(at + length)]];
            at += length;
            while (true)
            {
                var status = to.Open(waiting, out var consumed, out var offset, out var count);
                if (status == TlsReadStatus.NeedInput)
                    break;
                Assert.Equal(TlsReadStatus.Data, status);
                received.AddRange(waiting[offset..(offset + count)]);
                waiting = waiting[consumed..];
            }
        }

        Assert.Empty(waiting);
        Assert.Equal(data, received);
    }
}
