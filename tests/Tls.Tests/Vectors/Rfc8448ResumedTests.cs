using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Vectors;

/// <summary>
/// Section 4, as far as a client of ours can be part of it. Left out: the early data record and its keys, and the
/// record with EndOfEarlyData. Our client never sends early data, and a server that accepts it is refused; the secrets
/// behind that point are replayed over the trace's messages, since EndOfEarlyData is part of their transcript.
/// </summary>
public class Rfc8448ResumedTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;

    private static readonly Instant Received = new(1_000_000);

    // The trace's ages differ by 6 ms: 0xfad6aacb is shown, 0xfad6aac5 was given.
    private static readonly Instant Resumed = Received + TimeSpan.FromMilliseconds(6);

    [Fact]
    public void The_ticket_of_section_3_gives_the_psk_of_section_4()
    {
        using var ticket = TakeTicket();
        Assert.Equal(Rfc8448Resumed.Psk, Hex.Write(ticket.Psk.Octets));
        Assert.Equal(TimeSpan.FromSeconds(30), ticket.Lifetime);
        Assert.Equal(178, ticket.Identity.Length);
    }

    [Fact]
    public void The_client_says_the_resumed_hello_octet_for_octet_and_refuses_early_data_that_it_never_sent()
    {
        using var ticket = TakeTicket();
        using var client = new TlsClient(
            new ClientOffer
            {
                Hello = WithoutPsk(Rfc8448Resumed.ClientHello),
                KeyShares = [new X25519KeyShare(Rfc8448Resumed.ClientPrivateKey)],
                Ticket = ticket,
            },
            new SeededEntropy(1));
        var output = new byte[1024];
        Assert.Equal(TlsStatus.NeedInput, client.Advance([], output, Resumed, out _, out var produced));
        Assert.Equal([22, 3, 1, 2, 0], output[..5]);
        Assert.Equal(Hex.Write(Rfc8448Resumed.ClientHello), Hex.Write(output.AsSpan(5, produced - 5)));

        using var schedule = Schedule(out var transcript);
        using var sealer = new RecordSealer();
        sealer.Protect(Suite, schedule.ServerHandshake);
        transcript.Dispose();
        byte[] messages = [.. Rfc8448Resumed.EncryptedExtensions, .. Rfc8448Resumed.ServerFinished];
        var flight = new byte[128];
        messages.CopyTo(flight, RecordSealer.Headroom);
        var length = sealer.Seal(
            flight, RecordSealer.Headroom, messages.Length, ContentType.Handshake);
        byte[] input = [22, 3, 3, 0, 96, .. Rfc8448Resumed.ServerHello, .. flight[..length]];
        Assert.Equal(TlsStatus.Failed, client.Advance(input, output, Resumed, out _, out _));
        Assert.Equal(TlsFault.AcceptedAbsentEarlyData, client.Fault);
    }

    [Fact]
    public void The_key_schedule_gives_the_secrets_of_the_resumed_trace()
    {
        using var schedule = Schedule(out var transcript);
        using (transcript)
        {
            Assert.Equal(Rfc8448Resumed.ClientHandshakeSecret, Hex.Write(schedule.ClientHandshake.Octets));
            Assert.Equal(Rfc8448Resumed.ServerHandshakeSecret, Hex.Write(schedule.ServerHandshake.Octets));

            var (hash, mac) = (new byte[32], new byte[32]);
            transcript.Append(Rfc8448Resumed.EncryptedExtensions);
            transcript.CurrentHash(hash);
            schedule.FinishedMac(schedule.ServerHandshake, hash, mac);
            Assert.Equal(mac, Rfc8448Resumed.ServerFinished[4..]);

            transcript.Append(Rfc8448Resumed.ServerFinished);
            transcript.CurrentHash(hash);
            schedule.DeriveApplication(hash);
            Assert.Equal(Rfc8448Resumed.ClientApplicationSecret, Hex.Write(schedule.ClientApplication.Octets));
            Assert.Equal(Rfc8448Resumed.ServerApplicationSecret, Hex.Write(schedule.ServerApplication.Octets));

            transcript.Append(Rfc8448Resumed.EndOfEarlyData);
            transcript.CurrentHash(hash);
            schedule.FinishedMac(schedule.ClientHandshake, hash, mac);
            Assert.Equal(mac, Rfc8448Resumed.ClientFinished[4..]);

            transcript.Append(Rfc8448Resumed.ClientFinished);
            transcript.CurrentHash(hash);
            using var resumption = schedule.ResumptionMaster(hash);
            Assert.Equal(Rfc8448Resumed.ResumptionMasterSecret, Hex.Write(resumption.Octets));
        }
    }

    /// <summary>The trace's schedule after ServerHello.</summary>
    private static KeySchedule Schedule(out Transcript transcript)
    {
        transcript = new Transcript(Suite);
        transcript.Append(Rfc8448Resumed.ClientHello);
        transcript.Append(Rfc8448Resumed.ServerHello);
        Assert.True(ServerHelloView.TryParse(Rfc8448Resumed.ServerHello, out var server));
        var (secret, hash) = (new byte[32], new byte[32]);
        Assert.True(X25519.TryAgree(Rfc8448Resumed.ClientPrivateKey, server.KeyShare, secret));
        Assert.Equal(Rfc8448Resumed.SharedSecret, secret);
        transcript.CurrentHash(hash);
        var schedule = new KeySchedule(Suite, Convert.FromHexString(Rfc8448Resumed.Psk));
        schedule.DeriveHandshake(secret, hash);
        return schedule;
    }

    /// <summary>Plays section 3 to its ticket.</summary>
    private static ResumptionTicket TakeTicket()
    {
        using var client = new TlsClient(
            new ClientOffer
            {
                Hello = Rfc8448Simple.ClientHello,
                KeyShares = [new X25519KeyShare(Rfc8448Simple.ClientPrivateKey)],
            },
            new SeededEntropy(1));
        var output = new byte[1024];
        client.Advance([], output, Received, out _, out _);
        byte[] input = [.. Rfc8448Simple.ServerHelloRecord, .. Rfc8448Simple.ServerFlightRecord];
        Assert.Equal(TlsStatus.NeedDecision, client.Advance(input, output, Received, out _, out _));
        client.Accept();
        Assert.Equal(TlsStatus.Done, client.Advance([], output, Received, out _, out _));
        using var session = client.TakeSession();
        byte[] record = [.. Rfc8448Resumed.TicketRecord];
        Assert.Equal(TlsReadStatus.Internal, session.Open(record, out var consumed, out _, out _));
        Assert.Equal(record.Length, consumed);
        Assert.True(session.TryTakeTicket(Received, out var ticket));
        return ticket!;
    }

    /// <summary>The trace's hello before the ticket was appended: pre_shared_key is its last extension.</summary>
    private static byte[] WithoutPsk(byte[] hello)
    {
        const int Psk = 4 + 0xDD;
        var shorter = hello[..^Psk];
        Assert.Equal([0, 0x29, 0, 0xDD], hello[^Psk..][..4]);
        var message = shorter.Length - 4;
        (shorter[2], shorter[3]) = ((byte)(message >> 8), (byte)message);
        const int ExtensionsAt = 4 + 2 + 32 + 1 + 2 + 6 + 2;
        var block = shorter.Length - ExtensionsAt - 2;
        (shorter[ExtensionsAt], shorter[ExtensionsAt + 1]) = ((byte)(block >> 8), (byte)block);
        return shorter;
    }
}
