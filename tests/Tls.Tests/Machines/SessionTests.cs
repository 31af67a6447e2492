using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Keys;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

public sealed class SessionTests : IDisposable
{
    private readonly Pair _pair;
    private readonly TlsSession _client;
    private readonly TlsSession _server;

    public SessionTests()
    {
        _pair = new Pair(new TestHello().Offer(new SeededEntropy(1)), TestIdentity.EcdsaP256);
        _pair.RunToDone();
        _client = _pair.Client.TakeSession();
        _server = _pair.Server.TakeSession();
    }

    [Fact]
    public void A_key_update_changes_one_direction_only()
    {
        var buffer = new byte[100];
        Sessions.Exchange(_client, _server);
        Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: false)]);
        Assert.False(_server.HasPending);
        Assert.Equal((0UL, 0UL), (_client.Sealer.Sequence, _server.Opener.Sequence));
        Sessions.Exchange(_client, _server);
        Sessions.Exchange(_server, _client);
    }

    [Fact]
    public void A_requested_key_update_is_answered_once_and_both_go_on()
    {
        var buffer = new byte[100];
        Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: true)]);
        Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: true)]);
        Assert.True(_server.TryTakePending(buffer, out var length));
        Assert.False(_server.TryTakePending(new byte[100], out _));
        Sessions.Receive(_client, buffer[..length]);
        Assert.False(_client.HasPending);
        Sessions.Exchange(_client, _server);
        Sessions.Exchange(_server, _client);
    }

    [Fact]
    public void A_detached_direction_says_nothing_any_more()
    {
        var buffer = new byte[100];
        _server.DetachWrite();
        Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: true)]);
        Assert.False(_server.HasPending);
        Assert.False(_server.TryTakePending(buffer, out var length));
        Assert.Equal(0, length);
        Assert.Equal(0, _server.SealCloseNotify(buffer));
        Assert.Throws<InvalidOperationException>(() => _server.Seal(new byte[100], 5, 1));
        Sessions.Exchange(_client, _server); // The other direction is as it was.
    }

    [Fact]
    public void Key_updates_without_data_between_them_are_bounded()
    {
        var buffer = new byte[100];
        for (var i = 0; i < TlsSession.MaxIdleMessages; i++)
            Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: false)]);
        Sessions.Receive(_server, Sessions.Seal(_client, [1]));
        for (var i = 0; i < TlsSession.MaxIdleMessages; i++)
            Sessions.Receive(_server, buffer[.._client.SealKeyUpdate(buffer, updateRequested: false)]);
        var length = _client.SealKeyUpdate(buffer, updateRequested: false);
        Assert.Equal(TlsReadStatus.Failed, _server.Open(buffer.AsSpan(0, length), out _, out _, out _));
        Assert.Equal(TlsFault.TooManyKeyUpdates, _server.Fault);
    }

    [Theory]
    [InlineData(new byte[] { 24, 0, 0, 1, 2 }, TlsFault.InvalidKeyUpdate)]
    [InlineData(new byte[] { 24, 0, 0, 2, 0, 0 }, TlsFault.MalformedMessage)]
    [InlineData(new byte[] { 24, 0, 0, 1, 0, 24, 0, 0, 1, 0 }, TlsFault.MessageAcrossKeyChange)]
    [InlineData(new byte[] { 4, 0, 0, 0 }, TlsFault.UnexpectedMessage)]
    [InlineData(new byte[] { 13, 0, 0, 0 }, TlsFault.UnexpectedMessage)]
    [InlineData(new byte[] { 1, 0, 0, 0 }, TlsFault.UnexpectedMessage)]
    [InlineData(new byte[] { 24, 0xFF, 0, 1 }, TlsFault.MessageTooLong)]
    public void A_wrong_message_after_the_handshake_is_named(byte[] message, TlsFault fault)
    {
        Assert.Equal(TlsReadStatus.Failed, Deliver(message, ContentType.Handshake));
        Assert.Equal(fault, _server.Fault);
        Assert.Equal(TlsReadStatus.Failed, _server.Open(Sessions.Seal(_client, [1]), out _, out _, out _));
    }

    [Fact]
    public void Data_between_two_pieces_of_a_message_is_refused()
    {
        Assert.Equal(TlsReadStatus.Internal, Deliver([24, 0, 0], ContentType.Handshake));
        Assert.Equal(TlsReadStatus.Failed, Deliver([1], ContentType.ApplicationData));
        Assert.Equal(TlsFault.InterleavedHandshake, _server.Fault);
    }

    [Fact]
    public void Close_notify_closes_and_an_alert_fails()
    {
        var buffer = new byte[100];
        var length = _client.SealCloseNotify(buffer);
        Assert.Equal(TlsSession.AlertRecordLength, length);
        Assert.Equal(TlsReadStatus.Closed, _server.Open(buffer.AsSpan(0, length), out var used, out _, out _));
        Assert.Equal(length, used);
        Assert.Equal(TlsReadStatus.Closed, _server.Open(Sessions.Seal(_client, [1]), out used, out _, out _));
        Assert.Equal(0, used);

        length = _server.SealAlert(buffer, AlertDescription.BadRecordMac);
        Assert.Equal(TlsReadStatus.Failed, _client.Open(buffer.AsSpan(0, length), out _, out _, out _));
        Assert.Equal((TlsFault.ReceivedAlert, AlertDescription.BadRecordMac), (_client.Fault, _client.PeerAlert));
    }

    [Theory]
    [InlineData(new byte[] { 20, 3, 3, 0, 1, 1 }, TlsFault.UnexpectedRecord)]
    [InlineData(new byte[] { 21, 3, 3, 0, 2, 1, 0 }, TlsFault.UnexpectedRecord)]
    [InlineData(new byte[] { 23, 3, 3, 0, 2, 1, 2 }, TlsFault.UndecryptableRecord)]
    [InlineData(new byte[] { 71, 69, 84, 32, 47 }, TlsFault.NotTls)]
    public void A_plain_or_undecryptable_record_is_a_fault_that_the_caller_sees(byte[] record, TlsFault fault)
    {
        Assert.Equal(TlsReadStatus.Failed, _server.Open(record, out _, out _, out _));
        Assert.Equal(fault, _server.Fault);
    }

    [Fact]
    public void Empty_data_is_used_up_in_silence_and_padded_data_is_data()
    {
        Assert.Equal(TlsReadStatus.Internal, _server.Open(Sessions.Seal(_client, [], 250), out var used, out _, out _));
        Assert.Equal(250, used);
        Assert.Equal([7, 8], Sessions.Receive(_server, Sessions.Seal(_client, [7, 8], 1000)));
    }

    [Fact]
    public void Ten_thousand_records_each_way_allocate_nothing()
    {
        var buffer = new byte[RecordSealer.MaxRecord];
        Exchange(100); // Warm up.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Exchange(int records)
        {
            for (var i = 0; i < records; i++)
            {
                var (from, to) = i % 2 == 0 ? (_client, _server) : (_server, _client);
                var length = from.Seal(buffer, RecordSealer.Headroom, 1400);
                if (to.Open(buffer.AsSpan(0, length), out _, out _, out _) != TlsReadStatus.Data)
                    Assert.Fail("A record did not open.");
            }
        }
    }

    [Fact]
    public void A_session_can_be_made_of_its_parts()
    {
        using var first = new Secret(Enumerable.Repeat((byte)1, 32).ToArray());
        using var second = new Secret(Enumerable.Repeat((byte)2, 32).ToArray());
        using var client = Make(isClient: true, first, second);
        using var server = Make(isClient: false, first, second);
        Sessions.Exchange(client, server);
        Sessions.Exchange(server, client);
        var buffer = new byte[100];
        Sessions.Receive(server, buffer[..client.SealKeyUpdate(buffer, updateRequested: true)]);
        Assert.True(server.TryTakePending(buffer, out var length));
        Sessions.Receive(client, buffer[..length]);
        Sessions.Exchange(server, client);

        // A server that gives tickets to a client that keeps none loses nothing by it.
        Assert.False(client.TryTakeTicket(default, out _));
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _pair.Dispose();
    }

    private static TlsSession Make(bool isClient, Secret client, Secret server)
    {
        const CipherSuite Suite = CipherSuite.Aes128GcmSha256;
        var opener = new RecordOpener();
        var sealer = new RecordSealer();
        opener.Protect(Suite, isClient ? server : client);
        sealer.Protect(Suite, isClient ? client : server);
        return new TlsSession(Suite, NamedGroup.X25519, opener, sealer, client, server, isClient);
    }

    private TlsReadStatus Deliver(byte[] payload, ContentType type)
    {
        var buffer = new byte[200];
        payload.CopyTo(buffer, RecordSealer.Headroom);
        var length = _client.Sealer.Seal(buffer, RecordSealer.Headroom, payload.Length, type);
        return _server.Open(buffer.AsSpan(0, length), out _, out _, out _);
    }
}
