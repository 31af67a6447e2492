using Karez.Wire;

namespace Karez.Crypto;

/// <summary>
/// The client's half of a TLS key agreement, and the server's answer to one (RFC 8446 section 4.2.8).
/// </summary>
public abstract class KeyShare : IDisposable
{
    /// <summary>The longest secret of any group, in octets.</summary>
    public const int MaxSecretSize = 64;

    /// <summary>The longest public value of any group, in octets.</summary>
    public const int MaxShareSize = MlKem768.EncapsulationKeySize + X25519.KeySize;

    /// <summary>The group.</summary>
    public abstract NamedGroup Group { get; }

    /// <summary>The client's public value, as it stands in key_share; the hybrid's is ek || x25519.</summary>
    public abstract ReadOnlySpan<byte> PublicShare { get; }

    /// <summary>Draws a fresh share.</summary>
    public static KeyShare Generate(NamedGroup group, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        return group switch
        {
            NamedGroup.X25519 => X25519KeyShare.Generate(entropy),
            NamedGroup.X25519MLKEM768 => HybridKeyShare.Generate(entropy),
            _ => CurveKeyShare.Generate(group, entropy),
        };
    }

    /// <summary>Completes the agreement with the server's value; false when it is malformed.</summary>
    /// <param name="serverShare">The server's public value.</param>
    /// <param name="secret">At least <see cref="MaxSecretSize"/> octets.</param>
    /// <param name="written">Octets of secret.</param>
    public abstract bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written);

    /// <summary>Answers a client's share; false when it is malformed.</summary>
    /// <param name="group">The group.</param>
    /// <param name="clientShare">The client's public value.</param>
    /// <param name="entropy">For our half.</param>
    /// <param name="serverShare">Receives our public value.</param>
    /// <param name="shareLength">Its length.</param>
    /// <param name="secret">At least <see cref="MaxSecretSize"/> octets.</param>
    /// <param name="secretLength">Octets of secret.</param>
    public static bool TryRespond(
        NamedGroup group,
        ReadOnlySpan<byte> clientShare,
        IEntropy entropy,
        Span<byte> serverShare,
        out int shareLength,
        Span<byte> secret,
        out int secretLength)
    {
        if (group == NamedGroup.X25519MLKEM768)
            return HybridKeyShare.TryRespond(
                clientShare, entropy, serverShare, out shareLength, secret, out secretLength);
        using var own = Generate(group, entropy);
        own.PublicShare.CopyTo(serverShare);
        shareLength = own.PublicShare.Length;
        return own.TryComplete(clientShare, secret, out secretLength);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Overwrites the private half.</summary>
    protected abstract void Dispose(bool disposing);
}
