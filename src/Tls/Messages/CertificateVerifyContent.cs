namespace Karez.Tls.Messages;

/// <summary>What CertificateVerify signs (RFC 8446 section 4.4.3).</summary>
/// <remarks><code>64 spaces | "TLS 1.3, server CertificateVerify" | 00 | transcript hash</code></remarks>
public static class CertificateVerifyContent
{
    /// <summary>The most octets that <see cref="WriteServer"/> writes.</summary>
    public const int MaxSize = 64 + 33 + 1 + 48;

    /// <summary>Writes what a server signs.</summary>
    /// <param name="transcriptHash">Up to and with Certificate.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> octets.</param>
    /// <returns>Octets written.</returns>
    public static int WriteServer(ReadOnlySpan<byte> transcriptHash, Span<byte> destination)
    {
        destination[..64].Fill(0x20);
        var context = "TLS 1.3, server CertificateVerify\0"u8;
        context.CopyTo(destination[64..]);
        transcriptHash.CopyTo(destination[(64 + context.Length)..]);
        return 64 + context.Length + transcriptHash.Length;
    }
}
