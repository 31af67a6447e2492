using Karez.Crypto;
using Karez.Tls.Certificates;
using Karez.Tls.Handshake;
using Karez.Tls.Keys;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Vectors;

/// <summary>
/// Section 5 whole: the machine up to its second hello, then, since the trace's second hello has its cookie elsewhere
/// and padding, the parts that the machine is made of over the trace's own octets.
/// </summary>
public class Rfc8448RetryTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;

    [Fact]
    public void The_client_answers_the_retry_as_the_trace_does_but_for_the_cookies_place_and_the_padding()
    {
        using var client = new TlsClient(
            new ClientOffer
            {
                Hello = Rfc8448Retry.ClientHello1,
                KeyShares = [new X25519KeyShare(Rfc8448Retry.ClientX25519Key)],
            },
            new GivenEntropy(Rfc8448Retry.ClientP256Key));
        var output = new byte[1024];
        Assert.Equal(TlsStatus.NeedInput, client.Advance([], output, default, out _, out var produced));
        Assert.Equal([22, 3, 1, 0, 180], output[..5]);
        Assert.Equal(Rfc8448Retry.ClientHello1, output[5..produced]);

        byte[] input = [.. Rfc8448Retry.RetryRecord];
        Assert.Equal(TlsStatus.NeedInput, client.Advance(input, output, default, out var consumed, out produced));
        Assert.Equal(input.Length, consumed);
        Assert.True(client.Retried);
        // The trace's client has no session id, so no ChangeCipherSpec either.
        Assert.Equal([22, 3, 3], output[..3]);
        Assert.Equal(WithCookieAfterKeyShare(Rfc8448Retry.ClientHello2), Hex.Write(output.AsSpan(5, produced - 5)));
    }

    [Fact]
    public void The_second_flight_of_the_trace_opens_verifies_and_is_answered_octet_for_octet()
    {
        using var transcript = new Transcript(Suite);
        transcript.Append(Rfc8448Retry.ClientHello1);
        transcript.ReplaceByMessageHash();
        transcript.Append(Rfc8448Retry.RetryRecord.AsSpan(5));
        transcript.Append(Rfc8448Retry.ClientHello2);
        transcript.Append(Rfc8448Retry.ServerHelloRecord.AsSpan(5));
        Assert.Equal(Rfc8448Retry.HelloHash, Hex.Write(HashOf(transcript)));

        using var share = KeyShare.Generate(NamedGroup.Secp256r1, new GivenEntropy(Rfc8448Retry.ClientP256Key));
        Assert.True(ServerHelloView.TryParse(Rfc8448Retry.ServerHelloRecord.AsSpan(5), out var server));
        Assert.Equal(NamedGroup.Secp256r1, server.KeyShareGroup);
        var secret = new byte[KeyShare.MaxSecretSize];
        Assert.True(share.TryComplete(server.KeyShare, secret, out var length));
        Assert.Equal(Rfc8448Retry.SharedSecret, secret[..length]);

        using var schedule = new KeySchedule(Suite);
        schedule.DeriveHandshake(secret.AsSpan(0, length), HashOf(transcript));
        Assert.Equal(Rfc8448Retry.ClientHandshakeSecret, Hex.Write(schedule.ClientHandshake.Octets));
        Assert.Equal(Rfc8448Retry.ServerHandshakeSecret, Hex.Write(schedule.ServerHandshake.Octets));

        using var opener = new RecordOpener();
        opener.Protect(Suite, schedule.ServerHandshake);
        byte[] flight = [.. Rfc8448Retry.ServerFlightRecord];
        Assert.Equal(RecordStatus.Done, opener.TryOpen(flight, out var record));
        Assert.Equal(new OpenedRecord(ContentType.Handshake, 5, 28 + 445 + 136 + 36, 667), record);
        var messages = flight.AsSpan(record.Offset, record.Length);

        // EncryptedExtensions (28), Certificate (445, its one entry from octet 11 on), CertificateVerify (136).
        transcript.Append(messages[..(28 + 445)]);
        var certificate = messages.Slice(28 + 11, 432);
        var content = new byte[CertificateVerifyContent.MaxSize];
        var signed = CertificateVerifyContent.WriteServer(HashOf(transcript), content);
        var verify = messages.Slice(28 + 445, 136);
        Assert.Equal(
            TlsFault.None,
            SignatureVerifier.Verify(
                SignatureScheme.RsaPssRsaeSha256, certificate, content.AsSpan(0, signed), verify[8..]));
        transcript.Append(verify);

        var mac = new byte[32];
        schedule.FinishedMac(schedule.ServerHandshake, HashOf(transcript), mac);
        Assert.Equal(mac, messages[^32..].ToArray());
        transcript.Append(messages[^36..]);
        Assert.Equal(Rfc8448Retry.FinishedHash, Hex.Write(HashOf(transcript)));
        schedule.DeriveApplication(HashOf(transcript));
        Assert.Equal(Rfc8448Retry.ClientApplicationSecret, Hex.Write(schedule.ClientApplication.Octets));
        Assert.Equal(Rfc8448Retry.ServerApplicationSecret, Hex.Write(schedule.ServerApplication.Octets));

        schedule.FinishedMac(schedule.ClientHandshake, HashOf(transcript), mac);
        var output = new byte[128];
        ((ReadOnlySpan<byte>)[20, 0, 0, 32, .. mac]).CopyTo(output.AsSpan(RecordSealer.Headroom));
        using var sealer = new RecordSealer();
        sealer.Protect(Suite, schedule.ClientHandshake);
        var sealedLength = sealer.Seal(output, RecordSealer.Headroom, 36, ContentType.Handshake);
        Assert.Equal(Rfc8448Retry.ClientFinishedRecord, output[..sealedLength]);
    }

    private static byte[] HashOf(Transcript transcript)
    {
        var hash = new byte[32];
        transcript.CurrentHash(hash);
        return hash;
    }

    /// <summary>The trace's second hello as ours has it: the cookie behind the key share, no padding extension.</summary>
    private static string WithCookieAfterKeyShare(byte[] hello)
    {
        Assert.True(ClientHelloView.TryParse(hello, out var view));
        var (block, cookie) = (new List<byte>(), new List<byte>());
        foreach (var extension in view.Extensions)
        {
            if (extension.Type == ExtensionType.Cookie)
                cookie.AddRange(Whole(extension));
        }

        foreach (var extension in view.Extensions)
        {
            const ushort Padding = 21; // RFC 7685
            if (extension.Type is ExtensionType.Cookie or Padding)
                continue;
            block.AddRange(Whole(extension));
            if (extension.Type == ExtensionType.KeyShare)
                block.AddRange(cookie);
        }

        var head = hello.AsSpan(4, hello.Length - 4 - 2 - view.Extensions.Block.Length).ToArray();
        byte[] body = [.. head, (byte)(block.Count >> 8), (byte)block.Count, .. block];
        return Hex.Write((byte[])[1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body]);

        static byte[] Whole(Extensions.Extension extension) =>
        [
            (byte)(extension.Type >> 8), (byte)extension.Type,
            (byte)(extension.Body.Length >> 8), (byte)extension.Body.Length, .. extension.Body,
        ];
    }

    /// <summary>Gives what it was given, again and again.</summary>
    private sealed class GivenEntropy(byte[] octets) : IEntropy
    {
        public void Fill(Span<byte> destination)
        {
            for (var i = 0; i < destination.Length; i++)
                destination[i] = octets[i % octets.Length];
        }
    }
}
