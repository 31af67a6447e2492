using Karez.Wire;
using Curve = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Karez.Crypto;

/// <summary>An Ed25519 key that signs often: it knows its public key, half of a signature's work.</summary>
/// <remarks>Any number of threads may sign at once. The public key is always derived here: a signature made with a
/// foreign one would give the private key away.</remarks>
public sealed class Ed25519PrivateKey : IDisposable
{
    private readonly Secret _seed;
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];
    private bool _disposed;

    /// <summary>Takes a seed; the octets are copied.</summary>
    /// <param name="seed">32 octets.</param>
    /// <exception cref="ArgumentException">The seed does not have 32 octets.</exception>
    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        Ed25519.DerivePublicKey(seed, _publicKey);
        _seed = new Secret(seed);
    }

    /// <summary>The public key, 32 octets.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Signs a message.</summary>
    /// <param name="message">Any length.</param>
    /// <param name="signature">Room for exactly 64 octets.</param>
    /// <exception cref="ArgumentException">The signature does not have 64 octets.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        OctetLength.Require(signature, Ed25519.SignatureSize);
        // As a span: an array in this place would be the context of another scheme, Ed25519ctx.
        Curve.Sign(_seed.Octets, PublicKey, message, signature);
    }

    /// <summary>Overwrites the seed.</summary>
    public void Dispose()
    {
        _disposed = true;
        _seed.Dispose();
    }
}
