namespace Karez.Tls.Messages;

/// <summary>Handshake messages (RFC 8446 section 4). The value is the first octet of the message.</summary>
public enum HandshakeType : byte
{
    /// <summary>client_hello.</summary>
    ClientHello = 1,

    /// <summary>server_hello, HelloRetryRequest too.</summary>
    ServerHello = 2,

    /// <summary>new_session_ticket.</summary>
    NewSessionTicket = 4,

    /// <summary>end_of_early_data.</summary>
    EndOfEarlyData = 5,

    /// <summary>encrypted_extensions.</summary>
    EncryptedExtensions = 8,

    /// <summary>certificate.</summary>
    Certificate = 11,

    /// <summary>certificate_request.</summary>
    CertificateRequest = 13,

    /// <summary>certificate_verify.</summary>
    CertificateVerify = 15,

    /// <summary>finished.</summary>
    Finished = 20,

    /// <summary>key_update.</summary>
    KeyUpdate = 24,

    /// <summary>compressed_certificate (RFC 8879).</summary>
    CompressedCertificate = 25,

    /// <summary>message_hash: in the transcript only.</summary>
    MessageHash = 254,
}
