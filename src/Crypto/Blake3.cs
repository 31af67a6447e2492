using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>Keyed BLAKE3, by which XUDP names a sending socket.</summary>
public static class Blake3
{
    /// <summary>Length of the key, in octets.</summary>
    public const int KeySize = 32;

    /// <summary>Hashes a message under a key.</summary>
    /// <param name="key">32 octets.</param>
    /// <param name="message">Any length.</param>
    /// <param name="hash">Receives its whole length.</param>
    public static void Keyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> hash)
    {
        var digest = new Blake3Digest(256);
        digest.Init(Blake3Parameters.Key(key.ToArray()));
        digest.BlockUpdate(message);
        digest.OutputFinal(hash);
    }
}
