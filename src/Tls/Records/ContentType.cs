namespace Karez.Tls.Records;

/// <summary>What a record carries (RFC 8446 section 5.1). The value is the octet on the wire.</summary>
public enum ContentType : byte
{
    /// <summary>Not a content type: padding octets in TLSInnerPlaintext.</summary>
    None = 0,

    /// <summary>change_cipher_spec: one octet 01 without meaning (RFC 8446 appendix D.4).</summary>
    ChangeCipherSpec = 20,

    /// <summary>alert: level and description, two octets.</summary>
    Alert = 21,

    /// <summary>handshake: a piece of the stream of handshake messages.</summary>
    Handshake = 22,

    /// <summary>application_data.</summary>
    ApplicationData = 23,
}
