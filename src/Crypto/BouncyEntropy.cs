using System.Buffers.Binary;
using Karez.Wire;
using Org.BouncyCastle.Security;

namespace Karez.Crypto;

/// <summary>Gives BouncyCastle its random octets out of an <see cref="IEntropy"/>, and from nowhere else.</summary>
#pragma warning disable RS0030 // The one subclass that the ban speaks of.
internal sealed class BouncyEntropy(IEntropy entropy) : SecureRandom(null)
#pragma warning restore RS0030
{
    /// <inheritdoc/>
    public override void NextBytes(byte[] buf) => entropy.Fill(buf);

    /// <inheritdoc/>
    public override void NextBytes(byte[] buf, int off, int len) => entropy.Fill(buf.AsSpan(off, len));

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer) => entropy.Fill(buffer);

    /// <inheritdoc/>
    public override byte[] GenerateSeed(int length)
    {
        var seed = new byte[length];
        entropy.Fill(seed);
        return seed;
    }

    /// <inheritdoc/>
    public override void GenerateSeed(Span<byte> seed) => entropy.Fill(seed);

    /// <inheritdoc/>
    public override int NextInt()
    {
        Span<byte> octets = stackalloc byte[4];
        entropy.Fill(octets);
        return BinaryPrimitives.ReadInt32BigEndian(octets);
    }

    /// <inheritdoc/>
    public override long NextLong()
    {
        Span<byte> octets = stackalloc byte[8];
        entropy.Fill(octets);
        return BinaryPrimitives.ReadInt64BigEndian(octets);
    }
}
