namespace Karez.Tls;

/// <summary>What a peer did wrong. <see cref="TlsFaults.Alert"/> says which alert answers it.</summary>
public enum TlsFault
{
    /// <summary>Nothing.</summary>
    None,

    // Records.

    /// <summary>The octets are not TLS records.</summary>
    NotTls,

    /// <summary>A record is longer than RFC 8446 section 5 allows.</summary>
    RecordTooLong,

    /// <summary>A record did not decrypt.</summary>
    UndecryptableRecord,

    /// <summary>A record of a type that has no place here, or a handshake or alert record without content.</summary>
    UnexpectedRecord,

    /// <summary>More records in a row that carry nothing than are tolerated.</summary>
    TooManyUselessRecords,

    /// <summary>A record of another type stands between two pieces of a handshake message.</summary>
    InterleavedHandshake,

    /// <summary>Octets of the same record follow a message after which keys change.</summary>
    MessageAcrossKeyChange,

    /// <summary>A ChangeCipherSpec record that is not the single octet 01.</summary>
    MalformedChangeCipherSpec,

    /// <summary>An alert record that is not two octets.</summary>
    MalformedAlert,

    /// <summary>The peer sent an alert.</summary>
    ReceivedAlert,

    /// <summary>The peer closed before the handshake was done.</summary>
    ClosedDuringHandshake,

    // Messages.

    /// <summary>A handshake message that has no place here.</summary>
    UnexpectedMessage,

    /// <summary>A handshake message longer than is accepted.</summary>
    MessageTooLong,

    /// <summary>A handshake message that does not parse.</summary>
    MalformedMessage,

    /// <summary>An extension stands twice in one message.</summary>
    DuplicateExtension,

    /// <summary>An answer to an extension that was not offered.</summary>
    UnsolicitedExtension,

    /// <summary>An extension in a message where it has no place.</summary>
    MisplacedExtension,

    /// <summary>An extension without which the handshake cannot go on is missing.</summary>
    MissingExtension,

    /// <summary>The legacy_version field is not 0x0303.</summary>
    WrongLegacyVersion,

    /// <summary>A compression method other than null.</summary>
    OfferedOrSelectedCompression,

    // What a server chose.

    /// <summary>A version below TLS 1.3.</summary>
    SelectedOldVersion,

    /// <summary>A version below TLS 1.3, with the mark that a better server leaves (RFC 8446 section 4.1.3).</summary>
    MarkedDowngrade,

    /// <summary>A version in supported_versions that was not offered, or one that may not stand there.</summary>
    SelectedUnofferedVersion,

    /// <summary>A session id that is not ours.</summary>
    ChangedSessionId,

    /// <summary>A cipher suite that was not offered.</summary>
    SelectedUnofferedSuite,

    /// <summary>Another cipher suite than in HelloRetryRequest, or one that does not fit the PSK.</summary>
    ChangedSuite,

    /// <summary>A group for which no share was sent, or one that was not offered.</summary>
    SelectedUnofferedGroup,

    /// <summary>A key share that is no valid public value.</summary>
    InvalidKeyShare,

    /// <summary>A HelloRetryRequest that changes nothing, or asks for a share that was sent.</summary>
    PointlessRetry,

    /// <summary>A second HelloRetryRequest.</summary>
    SecondRetry,

    /// <summary>A PSK identity that was not offered.</summary>
    SelectedUnofferedPsk,

    /// <summary>An application protocol that was not offered.</summary>
    SelectedUnofferedAlpn,

    /// <summary>Early data accepted although none was offered.</summary>
    AcceptedAbsentEarlyData,

    /// <summary>A certificate chain without a certificate.</summary>
    EmptyCertificateChain,

    /// <summary>A certificate_request_context during the handshake, where it must be empty.</summary>
    MisplacedRequestContext,

    /// <summary>A leaf certificate that does not parse, or a chain longer than is accepted.</summary>
    MalformedCertificate,

    /// <summary>A leaf whose key is of a kind that cannot be used.</summary>
    UnsupportedCertificateKey,

    /// <summary>A compression algorithm for certificates that was not offered.</summary>
    UnofferedCertificateCompression,

    /// <summary>A compressed certificate that does not decompress to the announced length.</summary>
    BadCertificateCompression,

    /// <summary>A signature scheme that was not offered, or does not belong to the leaf's key.</summary>
    WrongSignatureScheme,

    /// <summary>The signature over the handshake does not verify.</summary>
    BadSignature,

    /// <summary>Finished does not verify.</summary>
    BadFinished,

    /// <summary>A record_size_limit below 64 (RFC 8449 section 4).</summary>
    InvalidRecordSizeLimit,

    // What a client offered.

    /// <summary>No version that is spoken here.</summary>
    NoCommonVersion,

    /// <summary>No cipher suite in common.</summary>
    NoCommonSuite,

    /// <summary>No group in common.</summary>
    NoCommonGroup,

    /// <summary>No signature scheme that the certificate's key can make.</summary>
    NoCommonSignatureScheme,

    /// <summary>No application protocol in common.</summary>
    NoCommonAlpn,

    /// <summary>The second hello is not the first one with the retry's changes.</summary>
    ChangedHello,

    /// <summary>pre_shared_key is not the last extension, or its lists do not match.</summary>
    MalformedPsk,

    /// <summary>A PSK binder does not verify.</summary>
    BadBinder,

    // After the handshake.

    /// <summary>A KeyUpdate whose request is neither 0 nor 1.</summary>
    InvalidKeyUpdate,

    /// <summary>More KeyUpdate messages than are tolerated.</summary>
    TooManyKeyUpdates,

    // Decided outside the machine.

    /// <summary>The chain ends at no trusted root.</summary>
    UntrustedCertificate,

    /// <summary>The certificate is for another name.</summary>
    WrongCertificateName,

    /// <summary>The certificate has expired or is not valid yet.</summary>
    ExpiredCertificate,

    /// <summary>The certificate has been revoked.</summary>
    RevokedCertificate,

    /// <summary>The certificate is refused for another reason.</summary>
    RefusedCertificate,

    /// <summary>Our own side failed: a signer, say, gave no signature.</summary>
    InternalError,
}
