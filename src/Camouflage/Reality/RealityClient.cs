using Karez.Crypto;
using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Camouflage.Reality;

/// <summary>The client's side: seals a browser's hello, and recognises the node by its certificate.</summary>
/// <param name="link">The node.</param>
public sealed class RealityClient(RealityLink link) : IDisposable
{
    private readonly Secret _authKey = new(RealityWire.AuthKeySize);

    /// <summary>Seals the hello's session id in place; then the offer is <see cref="TlsClient"/>'s.</summary>
    /// <param name="offer">A browser's hello with a 32-octet session id.</param>
    /// <param name="unixSeconds">This machine's clock.</param>
    /// <returns>False when the hello has no X25519 share, or the node's key is of low order.</returns>
    public bool TrySeal(ClientOffer offer, long unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(offer);
        using var shared = new Secret(X25519.KeySize);
        if (!TryAgree(offer.KeyShares, link, shared.Octets))
            return false;
        Seal(offer, shared.Octets, unixSeconds);
        return true;
    }

    /// <summary>Seals with what <see cref="TryAgree"/> gave for the offer's shares.</summary>
    /// <param name="offer">A browser's hello with a 32-octet session id.</param>
    /// <param name="shared">32 octets.</param>
    /// <param name="unixSeconds">This machine's clock.</param>
    public void Seal(ClientOffer offer, ReadOnlySpan<byte> shared, long unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var claim = new RealityClaim(link.Version, (uint)unixSeconds, link.ShortId);
        RealityWire.Seal(offer.Hello, shared, claim, _authKey.Octets);
    }

    /// <summary>Agrees with the node's key: takes neither the hello nor the time, so it can be done before.</summary>
    /// <param name="shares">The shares of a hello to come.</param>
    /// <param name="link">The node.</param>
    /// <param name="shared">Receives 32 octets.</param>
    /// <returns>False when there is no X25519 share, or the node's key is of low order.</returns>
    public static bool TryAgree(IReadOnlyList<KeyShare> shares, RealityLink link, Span<byte> shared)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(link);
        ReadOnlySpan<byte> privateKey = default;
        foreach (var share in shares)
        {
            if (share is X25519KeyShare alone)
            {
                privateKey = alone.PrivateKey;
                break;
            }

            if (share is HybridKeyShare hybrid)
                privateKey = hybrid.X25519PrivateKey;
        }

        return !privateKey.IsEmpty && X25519.TryAgree(privateKey, link.PublicKey.Span, shared);
    }

    /// <summary>True when the certificate was made by the node for this very connection.</summary>
    public bool IsNode(ServerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.CertificateChain is [var leaf, ..]
            && RealityCertificate.IsNodes(
                leaf.Span,
                _authKey.Octets,
                link.MlDsaPublicKey.Span,
                identity.ClientHello.Span,
                identity.ServerHello.Span);
    }

    /// <summary>True when a node that was recognised can tell how a dial went.</summary>
    public bool TellsOutcomes(ServerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.CertificateChain is [var leaf, ..] && OutcomeMark.IsOn(leaf.Span, _authKey.Octets);
    }

    /// <inheritdoc/>
    public void Dispose() => _authKey.Dispose();
}
