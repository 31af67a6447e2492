using Karez.Tls.Messages;

namespace Karez.Tls.Certificates;

/// <summary>The private half of a server's leaf certificate.</summary>
public interface ISigner
{
    /// <summary>The schemes it can make, most wanted first.</summary>
    IReadOnlyList<SignatureScheme> Schemes { get; }

    /// <summary>Signs.</summary>
    /// <param name="scheme">One of <see cref="Schemes"/>.</param>
    /// <param name="content">What to sign.</param>
    /// <param name="signature">Receives the signature; room for 4096 octets.</param>
    /// <param name="written">Its length.</param>
    /// <returns>False when no signature can be made.</returns>
    bool TrySign(SignatureScheme scheme, ReadOnlySpan<byte> content, Span<byte> signature, out int written);
}
