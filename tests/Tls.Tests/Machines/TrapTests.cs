using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Records;

namespace Karez.Tls.Tests.Machines;

/// <summary>Traps that others fell into when they took TLS out of the stream: each is a test here.</summary>
public class TrapTests
{
    [Fact]
    public void A_peer_that_closes_in_mid_record_leaves_octets_that_no_call_uses_up()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        var record = Sessions.Seal(client, [1, 2, 3]);
        for (var call = 0; call < 3; call++)
        {
            // The shell sees the end of the stream with octets left: a fault, not a reason to call again.
            Assert.Equal(TlsReadStatus.NeedInput, server.Open(record.AsSpan(..^1), out var used, out _, out _));
            Assert.Equal(0, used);
        }

        using var unfinished = new TlsServer(TestIdentity.EcdsaP256, new SeededEntropy(3));
        byte[] part = [.. pair.ToServer.Log.Take(50)];
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(TlsStatus.NeedInput, unfinished.Advance(part, new byte[10], default, out var used, out _));
            Assert.Equal(0, used);
        }
    }

    [Fact]
    public void A_rejection_never_looks_like_an_established_connection()
    {
        using var server = new ScriptedServer();
        using var client = ServerFlightTests.Start(out var hello);
        Assert.Equal(TlsStatus.NeedDecision, ServerFlightTests.Feed(client, server.Answer(hello)).Status);
        client.Reject(TlsFault.WrongCertificateName);
        Assert.Equal(TlsFault.WrongCertificateName, client.Fault); // known at once
        Assert.Throws<InvalidOperationException>(client.TakeSession);
        Assert.Throws<InvalidOperationException>(client.Accept);

        // The alert comes out, however small the room, and Done never does.
        var output = new byte[1];
        var produced = 0;
        for (var call = 0; call < 100; call++)
        {
            var status = client.Advance([], output, default, out _, out var some);
            produced += some;
            Assert.True(status is TlsStatus.NeedOutputSpace or TlsStatus.Failed);
        }

        Assert.Equal(6 + RecordSealer.Headroom + 2 + RecordSealer.Tailroom, produced);
    }

    [Fact]
    public void Several_records_in_one_input_all_come_out_before_more_input_is_asked_for()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.RunToDone();
        using var client = pair.Client.TakeSession();
        using var server = pair.Server.TakeSession();
        byte[] three =
        [
            .. Sessions.Seal(client, [1]), .. Sessions.Seal(client, []), .. Sessions.Seal(client, [2, 3]),
        ];
        Assert.Equal([1, 2, 3], Sessions.Receive(server, three));
    }

    [Fact]
    public void The_finished_of_the_client_and_its_first_data_may_come_together()
    {
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        TlsSession? client = null;
        pair.BeforeServer = waiting =>
        {
            if (pair.ClientStatus != TlsStatus.Done || client is not null)
                return waiting;
            client = pair.Client.TakeSession();
            return [.. waiting, .. pair.ToServer.TakeUnderWay(), .. Sessions.Seal(client, [1, 2, 3])];
        };
        pair.RunToDone();
        using var server = pair.Server.TakeSession();
        Assert.Equal([1, 2, 3], Sessions.Receive(server, pair.ToServer.TakeAll()));
        client?.Dispose();
    }

    [Fact]
    public void The_decision_is_asked_for_once_and_before_anything_of_ours_goes_out()
    {
        var asked = 0;
        using var pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        pair.Decide = client =>
        {
            asked++;
            Assert.Single(pair.ToServer.Records()); // the hello alone
            client.Accept();
        };
        pair.RunToDone();
        Assert.Equal(1, asked);
    }
}
