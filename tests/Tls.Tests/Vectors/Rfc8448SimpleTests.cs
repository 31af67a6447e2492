using Karez.Crypto;
using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Vectors;

public class Rfc8448SimpleTests
{
    [Fact]
    public void The_key_schedule_gives_the_secrets_of_the_trace()
    {
        using var transcript = new Transcript(CipherSuite.Aes128GcmSha256);
        transcript.Append(Rfc8448Simple.ClientHello);
        transcript.Append(Rfc8448Simple.ServerHelloRecord.AsSpan(5));
        var hash = new byte[32];
        transcript.CurrentHash(hash);

        var secret = new byte[32];
        Assert.True(ServerHelloView.TryParse(Rfc8448Simple.ServerHelloRecord.AsSpan(5), out var server));
        Assert.True(X25519.TryAgree(Rfc8448Simple.ClientPrivateKey, server.KeyShare, secret));
        Assert.Equal(Rfc8448Simple.SharedSecret, secret);

        using var schedule = new KeySchedule(CipherSuite.Aes128GcmSha256);
        schedule.DeriveHandshake(secret, hash);
        Assert.Equal(Rfc8448Simple.ClientHandshakeSecret, Hex.Write(schedule.ClientHandshake.Octets));
        Assert.Equal(Rfc8448Simple.ServerHandshakeSecret, Hex.Write(schedule.ServerHandshake.Octets));

        using var opener = new RecordOpener();
        opener.Protect(CipherSuite.Aes128GcmSha256, schedule.ServerHandshake);
        byte[] flight = [.. Rfc8448Simple.ServerFlightRecord];
        Assert.Equal(RecordStatus.Done, opener.TryOpen(flight, out var record));
        Assert.Equal(new OpenedRecord(ContentType.Handshake, 5, 40 + 445 + 136 + 36, 679), record);
        transcript.Append(flight.AsSpan(record.Offset, record.Length));
        transcript.CurrentHash(hash);
        schedule.DeriveApplication(hash);
        Assert.Equal(Rfc8448Simple.ClientApplicationSecret, Hex.Write(schedule.ClientApplication.Octets));
        Assert.Equal(Rfc8448Simple.ServerApplicationSecret, Hex.Write(schedule.ServerApplication.Octets));

        using var clientOpener = new RecordOpener();
        clientOpener.Protect(CipherSuite.Aes128GcmSha256, schedule.ClientHandshake);
        byte[] finished = [.. Rfc8448Simple.ClientFinishedRecord];
        Assert.Equal(RecordStatus.Done, clientOpener.TryOpen(finished, out record));
        transcript.Append(finished.AsSpan(record.Offset, record.Length));
        transcript.CurrentHash(hash);
        using var resumptionMaster = schedule.ResumptionMaster(hash);
        Assert.Equal(Rfc8448Simple.ResumptionMasterSecret, Hex.Write(resumptionMaster.Octets));
    }

    [Fact]
    public void The_client_says_octet_for_octet_what_the_trace_says()
    {
        using var client = new TlsClient(
            new ClientOffer
            {
                Hello = Rfc8448Simple.ClientHello,
                KeyShares = [new X25519KeyShare(Rfc8448Simple.ClientPrivateKey)],
            },
            new SeededEntropy(1));
        var output = new byte[1024];
        Assert.Equal(TlsStatus.NeedInput, client.Advance([], output, default, out _, out var produced));
        Assert.Equal([22, 3, 1, 0, 196], output[..5]);
        Assert.Equal(Rfc8448Simple.ClientHello, output[5..produced]);

        byte[] input = [.. Rfc8448Simple.ServerHelloRecord, .. Rfc8448Simple.ServerFlightRecord];
        Assert.Equal(TlsStatus.NeedDecision, client.Advance(input, output, default, out var consumed, out produced));
        Assert.Equal((input.Length, 0), (consumed, produced));
        Assert.Equal(SignatureScheme.RsaPssRsaeSha256, client.Identity.SignatureScheme);
        Assert.Equal("server", client.Identity.ServerName);
        Assert.Equal(432, Assert.Single(client.Identity.CertificateChain).Length);

        client.Accept();
        Assert.Equal(TlsStatus.Done, client.Advance([], output, default, out _, out produced));
        Assert.Equal(Rfc8448Simple.ClientFinishedRecord, output[..produced]);

        using var session = client.TakeSession();
        var data = Enumerable.Range(0, 50).Select(octet => (byte)octet).ToArray();
        data.CopyTo(output, RecordSealer.Headroom);
        var length = session.Seal(output, RecordSealer.Headroom, data.Length);
        Assert.Equal(Rfc8448Simple.ClientDataRecord, output[..length]);
    }

    /// <summary>Section 4 resumes with the ticket of section 3; its nonce is 00 00.</summary>
    [Fact]
    public void The_ticket_of_the_trace_gives_the_binder_of_the_next_trace()
    {
        using var resumptionMaster = new Secret(Convert.FromHexString(Rfc8448Simple.ResumptionMasterSecret));
        using var psk = KeySchedule.ResumptionPsk(CipherSuite.Aes128GcmSha256, resumptionMaster, [0, 0]);
        using var schedule = new KeySchedule(CipherSuite.Aes128GcmSha256, psk.Octets);
        var binder = new byte[32];
        schedule.BinderMac(Rfc8448Simple.BinderHash, binder);
        Assert.Equal(Rfc8448Simple.Binder, binder);
    }

    [Fact]
    public void A_record_under_a_later_sequence_number_does_not_open_as_the_first()
    {
        using var opener = new RecordOpener();
        using var secret = new Secret(Convert.FromHexString(Rfc8448Simple.ServerApplicationSecret));
        opener.Protect(CipherSuite.Aes128GcmSha256, secret);
        Assert.Equal(RecordStatus.Failed, opener.TryOpen([.. Rfc8448Simple.ServerDataRecord], out _));
        Assert.Equal(TlsFault.UndecryptableRecord, opener.Fault);
    }

    [Fact]
    public void The_vectors_were_copied_whole()
    {
        Assert.Equal(196, Rfc8448Simple.ClientHello.Length);
        Assert.Equal(95, Rfc8448Simple.ServerHelloRecord.Length);
        Assert.Equal(679, Rfc8448Simple.ServerFlightRecord.Length);
        Assert.Equal(58, Rfc8448Simple.ClientFinishedRecord.Length);
        Assert.Equal(72, Rfc8448Simple.ServerDataRecord.Length);
        var share = new byte[32];
        X25519.DerivePublicKey(Rfc8448Simple.ServerPrivateKey, share);
        Assert.Equal(share, Rfc8448Simple.ServerHelloRecord[(5 + 4 + 2 + 32 + 1 + 2 + 1 + 2 + 8)..][..32]);
    }
}
