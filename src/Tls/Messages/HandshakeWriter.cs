using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>Writes handshake messages, their four-octet headers included (RFC 8446 sections 4.1 to 4.6).</summary>
public static class HandshakeWriter
{
    /// <summary>Writes a ServerHello.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="random">32 octets.</param>
    /// <param name="sessionId">The client's session id, echoed.</param>
    /// <param name="suite">The suite chosen.</param>
    /// <param name="group">The group chosen.</param>
    /// <param name="keyShare">The server's public value.</param>
    /// <param name="pskIdentity">Index of the PSK chosen, or -1.</param>
    public static void WriteServerHello(
        ref WireWriter writer, scoped ReadOnlySpan<byte> random, scoped ReadOnlySpan<byte> sessionId, CipherSuite suite,
        NamedGroup group, scoped ReadOnlySpan<byte> keyShare, int pskIdentity = -1)
    {
        writer.WriteUInt8((byte)HandshakeType.ServerHello);
        var message = writer.OpenVector24();
        var extensions = OpenServerHello(ref writer, random, sessionId, suite);
        writer.WriteUInt16(ExtensionType.KeyShare);
        var body = writer.OpenVector16();
        writer.WriteUInt16((ushort)group);
        var share = writer.OpenVector16();
        writer.WriteBytes(keyShare);
        writer.Close(share);
        writer.Close(body);
        if (pskIdentity >= 0)
        {
            writer.WriteUInt16(ExtensionType.PreSharedKey);
            body = writer.OpenVector16();
            writer.WriteUInt16((ushort)pskIdentity);
            writer.Close(body);
        }

        writer.Close(extensions);
        writer.Close(message);
    }

    /// <summary>Writes a HelloRetryRequest.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sessionId">The client's session id, echoed.</param>
    /// <param name="suite">The suite chosen.</param>
    /// <param name="group">The group a share is wanted for; null when only the cookie matters.</param>
    /// <param name="cookie">The cookie; empty for none.</param>
    public static void WriteHelloRetryRequest(
        ref WireWriter writer, scoped ReadOnlySpan<byte> sessionId, CipherSuite suite, NamedGroup? group,
        scoped ReadOnlySpan<byte> cookie)
    {
        writer.WriteUInt8((byte)HandshakeType.ServerHello);
        var message = writer.OpenVector24();
        var extensions = OpenServerHello(ref writer, ServerHelloView.RetryRandom, sessionId, suite);
        if (group is { } wanted)
        {
            writer.WriteUInt16(ExtensionType.KeyShare);
            writer.WriteUInt16(2);
            writer.WriteUInt16((ushort)wanted);
        }

        if (!cookie.IsEmpty)
        {
            writer.WriteUInt16(ExtensionType.Cookie);
            var body = writer.OpenVector16();
            var inner = writer.OpenVector16();
            writer.WriteBytes(cookie);
            writer.Close(inner);
            writer.Close(body);
        }

        writer.Close(extensions);
        writer.Close(message);
    }

    /// <summary>Writes EncryptedExtensions with the ALPN name, or with nothing when it is empty.</summary>
    public static void WriteEncryptedExtensions(ref WireWriter writer, scoped ReadOnlySpan<byte> alpn = default)
    {
        writer.WriteUInt8((byte)HandshakeType.EncryptedExtensions);
        var message = writer.OpenVector24();
        var extensions = writer.OpenVector16();
        if (!alpn.IsEmpty)
        {
            writer.WriteUInt16(ExtensionType.Alpn);
            var body = writer.OpenVector16();
            var list = writer.OpenVector16();
            var name = writer.OpenVector8();
            writer.WriteBytes(alpn);
            writer.Close(name);
            writer.Close(list);
            writer.Close(body);
        }

        writer.Close(extensions);
        writer.Close(message);
    }

    /// <summary>
    /// Writes Certificate: the chain in DER, leaf first, no entry extensions but a staple on the leaf.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="chain">Certificates in DER; may be empty on a client's side only.</param>
    /// <param name="requestContext">A CertificateRequest's context, echoed; empty from a server.</param>
    /// <param name="ocspStaple">The OCSP response for the leaf; empty for none.</param>
    public static void WriteCertificate(
        ref WireWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> chain,
        scoped ReadOnlySpan<byte> requestContext = default,
        scoped ReadOnlySpan<byte> ocspStaple = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        writer.WriteUInt8((byte)HandshakeType.Certificate);
        var message = writer.OpenVector24();
        var context = writer.OpenVector8();
        writer.WriteBytes(requestContext);
        writer.Close(context);
        var list = writer.OpenVector24();
        for (var i = 0; i < chain.Count; i++)
        {
            var certificate = writer.OpenVector24();
            writer.WriteBytes(chain[i].Span);
            writer.Close(certificate);
            var extensions = writer.OpenVector16();
            if (i == 0 && !ocspStaple.IsEmpty)
            {
                writer.WriteUInt16(ExtensionType.StatusRequest);
                var body = writer.OpenVector16();
                writer.WriteUInt8(1); // ocsp
                var response = writer.OpenVector24();
                writer.WriteBytes(ocspStaple);
                writer.Close(response);
                writer.Close(body);
            }

            writer.Close(extensions);
        }

        writer.Close(list);
        writer.Close(message);
    }

    /// <summary>Writes CertificateVerify.</summary>
    public static void WriteCertificateVerify(
        ref WireWriter writer, SignatureScheme scheme, scoped ReadOnlySpan<byte> signature)
    {
        writer.WriteUInt8((byte)HandshakeType.CertificateVerify);
        var message = writer.OpenVector24();
        writer.WriteUInt16((ushort)scheme);
        var body = writer.OpenVector16();
        writer.WriteBytes(signature);
        writer.Close(body);
        writer.Close(message);
    }

    /// <summary>Writes Finished.</summary>
    public static void WriteFinished(ref WireWriter writer, scoped ReadOnlySpan<byte> verifyData)
    {
        writer.WriteUInt8((byte)HandshakeType.Finished);
        var message = writer.OpenVector24();
        writer.WriteBytes(verifyData);
        writer.Close(message);
    }

    /// <summary>Writes NewSessionTicket without extensions.</summary>
    public static void WriteNewSessionTicket(
        ref WireWriter writer, uint lifetimeSeconds, uint ageAdd, scoped ReadOnlySpan<byte> nonce,
        scoped ReadOnlySpan<byte> ticket)
    {
        writer.WriteUInt8((byte)HandshakeType.NewSessionTicket);
        var message = writer.OpenVector24();
        writer.WriteUInt32(lifetimeSeconds);
        writer.WriteUInt32(ageAdd);
        var nonceBody = writer.OpenVector8();
        writer.WriteBytes(nonce);
        writer.Close(nonceBody);
        var ticketBody = writer.OpenVector16();
        writer.WriteBytes(ticket);
        writer.Close(ticketBody);
        writer.WriteUInt16(0);
        writer.Close(message);
    }

    /// <summary>Writes KeyUpdate.</summary>
    public static void WriteKeyUpdate(ref WireWriter writer, bool updateRequested)
    {
        writer.WriteUInt8((byte)HandshakeType.KeyUpdate);
        writer.WriteUInt24(1);
        writer.WriteUInt8(updateRequested ? (byte)1 : (byte)0);
    }

    /// <summary>Everything up to and with supported_versions; the caller goes on and closes the extensions.</summary>
    private static WireWriter.Vector OpenServerHello(
        ref WireWriter writer, scoped ReadOnlySpan<byte> random, scoped ReadOnlySpan<byte> sessionId, CipherSuite suite)
    {
        writer.WriteUInt16(0x0303);
        writer.WriteBytes(random);
        var session = writer.OpenVector8();
        writer.WriteBytes(sessionId);
        writer.Close(session);
        writer.WriteUInt16((ushort)suite);
        writer.WriteUInt8(0);
        var extensions = writer.OpenVector16();
        writer.WriteUInt16(ExtensionType.SupportedVersions);
        writer.WriteUInt16(2);
        writer.WriteUInt16(0x0304);
        return extensions;
    }
}
