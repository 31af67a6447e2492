using Karez.Wire;

namespace Karez.Crypto;

/// <summary>One side's ephemeral key in TLS 1.3's key_share extension (RFC 8446 section 4.2.8).</summary>
/// <remarks>
/// Octets by group:
/// <code>
/// group            client share            server share             secret
/// X25519           public 32               public 32                32
/// secp256r1        04 X Y = 65             04 X Y = 65              X 32
/// secp384r1        04 X Y = 97             04 X Y = 97              X 48
/// X25519MLKEM768   ek 1184 || public 32    ct 1088 || public 32     ml-kem 32 || x25519 32
/// </code>
/// </remarks>
public abstract class KeyShare : IDisposable
{
    /// <summary>Most octets of a share, the client's of the hybrid group.</summary>
    public const int MaxShareSize = MlKem768.EncapsulationKeySize + X25519.KeySize;

    /// <summary>Most octets of a secret.</summary>
    public const int MaxSecretSize = MlKem768.SharedSecretSize + X25519.KeySize;

    private protected KeyShare(NamedGroup group) => Group = group;

    /// <summary>The group.</summary>
    public NamedGroup Group { get; }

    /// <summary>The octets that a client sends.</summary>
    public abstract ReadOnlySpan<byte> PublicShare { get; }

    /// <summary>Draws a client's key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The group is not one of <see cref="NamedGroup"/>.</exception>
    public static KeyShare Generate(NamedGroup group, IEntropy entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        return group switch
        {
            NamedGroup.X25519 => X25519KeyShare.Draw(entropy),
            NamedGroup.X25519MLKEM768 => HybridKeyShare.Draw(entropy),
            NamedGroup.Secp256r1 or NamedGroup.Secp384r1 => new CurveKeyShare(group, entropy),
            _ => throw new ArgumentOutOfRangeException(nameof(group)),
        };
    }

    /// <summary>Answers a client's share as a server: draws our key, writes our share and the secret.</summary>
    /// <param name="group">The share's group; any number a client can send.</param>
    /// <param name="clientShare">What the client sent.</param>
    /// <param name="entropy">For our key.</param>
    /// <param name="serverShare">Room for the octets of the group's server share.</param>
    /// <param name="shareLength">Octets of our share.</param>
    /// <param name="secret">Room for <see cref="MaxSecretSize"/> octets.</param>
    /// <param name="secretLength">Octets of the secret.</param>
    /// <returns>False when the group is none of ours or the share is not a usable key of it.</returns>
    /// <exception cref="ArgumentException">There is not that much room.</exception>
    public static bool TryRespond(
        NamedGroup group, ReadOnlySpan<byte> clientShare, IEntropy entropy, Span<byte> serverShare,
        out int shareLength, Span<byte> secret, out int secretLength)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        OctetLength.RequireRoom(secret, MaxSecretSize);
        shareLength = secretLength = 0;
        if (group == NamedGroup.X25519MLKEM768)
            return HybridKeyShare.TryRespond(
                clientShare, entropy, serverShare, out shareLength, secret, out secretLength);

        // Looked at first, so that a share of a wrong length costs us no key of our own.
        var expected = group switch
        {
            NamedGroup.X25519 => X25519.KeySize,
            NamedGroup.Secp256r1 => CurveKeyShare.P256ShareSize,
            NamedGroup.Secp384r1 => CurveKeyShare.P384ShareSize,
            _ => -1,
        };
        if (clientShare.Length != expected)
            return false;

        OctetLength.RequireRoom(serverShare, expected);
        using var ours = Generate(group, entropy);
        if (!ours.TryComplete(clientShare, secret, out secretLength))
            return false;
        ours.PublicShare.CopyTo(serverShare);
        shareLength = ours.PublicShare.Length;
        return true;
    }

    /// <summary>Computes a client's secret from the server's share.</summary>
    /// <param name="serverShare">What the server sent.</param>
    /// <param name="secret">Room for <see cref="MaxSecretSize"/> octets.</param>
    /// <param name="written">Octets of the secret.</param>
    /// <returns>False when the share is not a usable key of the group.</returns>
    /// <exception cref="ArgumentException">There is not that much room.</exception>
    public abstract bool TryComplete(ReadOnlySpan<byte> serverShare, Span<byte> secret, out int written);

    /// <summary>Overwrites the private key where it is ours to overwrite.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Overwrites the private key where it is ours to overwrite.</summary>
    protected abstract void Dispose(bool disposing);
}
