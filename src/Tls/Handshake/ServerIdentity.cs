using Karez.Crypto;
using Karez.Tls.Keys;
using Karez.Tls.Messages;

namespace Karez.Tls.Handshake;

/// <summary>
/// Who the server says it is, for whoever decides on it. Its signature and Finished have been checked.
/// </summary>
public sealed class ServerIdentity
{
    /// <summary>The chain in DER, leaf first; empty when <see cref="Resumed"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> CertificateChain { get; internal set; } = [];

    /// <summary>The scheme of CertificateVerify.</summary>
    public SignatureScheme SignatureScheme { get; internal set; }

    /// <summary>The OCSP response for the leaf; empty when there is none.</summary>
    public ReadOnlyMemory<byte> OcspStaple { get; internal set; }

    /// <summary>The ClientHello that was answered, as sent, header included.</summary>
    public ReadOnlyMemory<byte> ClientHello { get; internal set; }

    /// <summary>The ServerHello as received, header included.</summary>
    public ReadOnlyMemory<byte> ServerHello { get; internal set; }

    /// <summary>The name that was asked for; empty when none was.</summary>
    public string ServerName { get; internal set; } = "";

    /// <summary>The application protocol, if one was agreed.</summary>
    public string? Alpn { get; internal set; }

    /// <summary>The suite.</summary>
    public CipherSuite CipherSuite { get; internal set; }

    /// <summary>The group of the key exchange.</summary>
    public NamedGroup Group { get; internal set; }

    /// <summary>Whether a ticket was accepted: the identity is then that of the session that gave it.</summary>
    public bool Resumed { get; internal set; }
}
