namespace Karez.Tls;

/// <summary>The one place where a fault becomes an alert.</summary>
public static class TlsFaults
{
    /// <summary>The alert that RFC 8446 wants for the fault; null where none is sent.</summary>
    public static AlertDescription? Alert(TlsFault fault) => fault switch
    {
        TlsFault.None or TlsFault.ReceivedAlert or TlsFault.ClosedDuringHandshake => null,

        TlsFault.UndecryptableRecord => AlertDescription.BadRecordMac,
        TlsFault.RecordTooLong => AlertDescription.RecordOverflow,
        TlsFault.UnexpectedRecord or TlsFault.TooManyUselessRecords or TlsFault.InterleavedHandshake
            or TlsFault.MessageAcrossKeyChange or TlsFault.MalformedChangeCipherSpec or TlsFault.UnexpectedMessage
            or TlsFault.SecondRetry or TlsFault.TooManyKeyUpdates or TlsFault.NotTls
            => AlertDescription.UnexpectedMessage,

        TlsFault.MalformedAlert or TlsFault.MalformedMessage or TlsFault.MessageTooLong
            or TlsFault.EmptyCertificateChain => AlertDescription.DecodeError,

        TlsFault.SelectedOldVersion or TlsFault.NoCommonVersion or TlsFault.WrongLegacyVersion
            => AlertDescription.ProtocolVersion,
        TlsFault.UnsolicitedExtension => AlertDescription.UnsupportedExtension,
        TlsFault.MissingExtension => AlertDescription.MissingExtension,
        TlsFault.NoCommonSuite or TlsFault.NoCommonGroup or TlsFault.NoCommonSignatureScheme
            => AlertDescription.HandshakeFailure,
        TlsFault.NoCommonAlpn => AlertDescription.NoApplicationProtocol,

        TlsFault.BadSignature or TlsFault.BadFinished or TlsFault.BadBinder => AlertDescription.DecryptError,
        TlsFault.MalformedCertificate or TlsFault.BadCertificateCompression => AlertDescription.BadCertificate,
        TlsFault.UnsupportedCertificateKey => AlertDescription.UnsupportedCertificate,
        TlsFault.UntrustedCertificate => AlertDescription.UnknownCa,
        TlsFault.ExpiredCertificate => AlertDescription.CertificateExpired,
        TlsFault.RevokedCertificate => AlertDescription.CertificateRevoked,
        TlsFault.WrongCertificateName or TlsFault.RefusedCertificate => AlertDescription.BadCertificate,
        TlsFault.InternalError => AlertDescription.InternalError,

        // Everything else is a field that contradicts what was agreed.
        _ => AlertDescription.IllegalParameter,
    };
}
