namespace Karez.Tls;

/// <summary>Alert descriptions (RFC 8446 section 6). The value is the octet on the wire.</summary>
public enum AlertDescription : byte
{
    /// <summary>close_notify: no more octets follow in this direction.</summary>
    CloseNotify = 0,

    /// <summary>unexpected_message.</summary>
    UnexpectedMessage = 10,

    /// <summary>bad_record_mac: a record did not decrypt.</summary>
    BadRecordMac = 20,

    /// <summary>record_overflow: a record is longer than allowed.</summary>
    RecordOverflow = 22,

    /// <summary>handshake_failure: no common parameters.</summary>
    HandshakeFailure = 40,

    /// <summary>bad_certificate: corrupt, or its signature does not verify.</summary>
    BadCertificate = 42,

    /// <summary>unsupported_certificate: of a type that is not supported.</summary>
    UnsupportedCertificate = 43,

    /// <summary>certificate_revoked.</summary>
    CertificateRevoked = 44,

    /// <summary>certificate_expired: expired or not yet valid.</summary>
    CertificateExpired = 45,

    /// <summary>certificate_unknown: not acceptable for another reason.</summary>
    CertificateUnknown = 46,

    /// <summary>illegal_parameter: a field is out of range or contradicts another.</summary>
    IllegalParameter = 47,

    /// <summary>unknown_ca: the chain ends at no trusted root.</summary>
    UnknownCa = 48,

    /// <summary>access_denied.</summary>
    AccessDenied = 49,

    /// <summary>decode_error: a message does not parse.</summary>
    DecodeError = 50,

    /// <summary>decrypt_error: a signature, Finished or binder does not verify.</summary>
    DecryptError = 51,

    /// <summary>protocol_version: no common version.</summary>
    ProtocolVersion = 70,

    /// <summary>insufficient_security.</summary>
    InsufficientSecurity = 71,

    /// <summary>internal_error: not the peer's doing.</summary>
    InternalError = 80,

    /// <summary>inappropriate_fallback.</summary>
    InappropriateFallback = 86,

    /// <summary>user_canceled: close_notify follows.</summary>
    UserCanceled = 90,

    /// <summary>missing_extension.</summary>
    MissingExtension = 109,

    /// <summary>unsupported_extension: an answer that was not asked for.</summary>
    UnsupportedExtension = 110,

    /// <summary>unrecognized_name.</summary>
    UnrecognizedName = 112,

    /// <summary>bad_certificate_status_response.</summary>
    BadCertificateStatusResponse = 113,

    /// <summary>unknown_psk_identity.</summary>
    UnknownPskIdentity = 115,

    /// <summary>certificate_required.</summary>
    CertificateRequired = 116,

    /// <summary>no_application_protocol: no common ALPN name.</summary>
    NoApplicationProtocol = 120,
}
