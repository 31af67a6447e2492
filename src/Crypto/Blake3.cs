using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;

namespace Karez.Crypto;

/// <summary>BLAKE3 in its keyed mode (the BLAKE3 paper, section 2.3), with output of any length.</summary>
public static class Blake3
{
    /// <summary>Octets of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Computes the keyed hash; a shorter output is a prefix of a longer one.</summary>
    /// <exception cref="ArgumentException">The key does not have 32 octets, or the output has none.</exception>
    public static void Keyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> output)
    {
        OctetLength.Require(key, KeySize);
        OctetLength.RequireRoom(output, 1);
        var copy = key.ToArray();
        var parameters = Blake3Parameters.Key(copy);
        var digest = new Blake3Digest();
        digest.Init(parameters);
        digest.BlockUpdate(message);
        digest.OutputFinal(output);
        parameters.ClearKey();
        CryptographicOperations.ZeroMemory(copy);
    }
}
