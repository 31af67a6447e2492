namespace Karez.Tls.Messages;

/// <summary>Extension numbers (IANA "TLS ExtensionType Values"), under their registry names.</summary>
public static class ExtensionType
{
    /// <summary>server_name (RFC 6066).</summary>
    public const ushort ServerName = 0;

    /// <summary>max_fragment_length (RFC 6066).</summary>
    public const ushort MaxFragmentLength = 1;

    /// <summary>status_request (RFC 6066).</summary>
    public const ushort StatusRequest = 5;

    /// <summary>supported_groups (RFC 8446).</summary>
    public const ushort SupportedGroups = 10;

    /// <summary>ec_point_formats (RFC 8422).</summary>
    public const ushort EcPointFormats = 11;

    /// <summary>signature_algorithms (RFC 8446).</summary>
    public const ushort SignatureAlgorithms = 13;

    /// <summary>use_srtp (RFC 5764).</summary>
    public const ushort UseSrtp = 14;

    /// <summary>heartbeat (RFC 6520).</summary>
    public const ushort Heartbeat = 15;

    /// <summary>application_layer_protocol_negotiation (RFC 7301).</summary>
    public const ushort Alpn = 16;

    /// <summary>signed_certificate_timestamp (RFC 6962).</summary>
    public const ushort SignedCertificateTimestamp = 18;

    /// <summary>client_certificate_type (RFC 7250).</summary>
    public const ushort ClientCertificateType = 19;

    /// <summary>server_certificate_type (RFC 7250).</summary>
    public const ushort ServerCertificateType = 20;

    /// <summary>padding (RFC 7685).</summary>
    public const ushort Padding = 21;

    /// <summary>extended_master_secret (RFC 7627).</summary>
    public const ushort ExtendedMasterSecret = 23;

    /// <summary>compress_certificate (RFC 8879).</summary>
    public const ushort CompressCertificate = 27;

    /// <summary>record_size_limit (RFC 8449).</summary>
    public const ushort RecordSizeLimit = 28;

    /// <summary>session_ticket (RFC 5077).</summary>
    public const ushort SessionTicket = 35;

    /// <summary>pre_shared_key (RFC 8446).</summary>
    public const ushort PreSharedKey = 41;

    /// <summary>early_data (RFC 8446).</summary>
    public const ushort EarlyData = 42;

    /// <summary>supported_versions (RFC 8446).</summary>
    public const ushort SupportedVersions = 43;

    /// <summary>cookie (RFC 8446).</summary>
    public const ushort Cookie = 44;

    /// <summary>psk_key_exchange_modes (RFC 8446).</summary>
    public const ushort PskKeyExchangeModes = 45;

    /// <summary>certificate_authorities (RFC 8446).</summary>
    public const ushort CertificateAuthorities = 47;

    /// <summary>signature_algorithms_cert (RFC 8446).</summary>
    public const ushort SignatureAlgorithmsCert = 50;

    /// <summary>key_share (RFC 8446).</summary>
    public const ushort KeyShare = 51;

    /// <summary>application_settings, first number (draft-vvv-tls-alps; Chrome up to 131).</summary>
    public const ushort ApplicationSettingsOld = 17513;

    /// <summary>application_settings, present number (Chrome from 133 on).</summary>
    public const ushort ApplicationSettings = 17613;

    /// <summary>trust_anchors (draft-ietf-tls-trust-anchor-ids).</summary>
    public const ushort TrustAnchors = 0xCA34;

    /// <summary>encrypted_client_hello (RFC 9849).</summary>
    public const ushort EncryptedClientHello = 0xFE0D;

    /// <summary>renegotiation_info (RFC 5746).</summary>
    public const ushort RenegotiationInfo = 0xFF01;
}
