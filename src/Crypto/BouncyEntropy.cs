using Karez.Wire;
using Org.BouncyCastle.Security;

namespace Karez.Crypto;

/// <summary>The one SecureRandom of the house: BouncyCastle draws from the caller's <see cref="IEntropy"/>.</summary>
#pragma warning disable RS0030 // the rule allows exactly this subclass
internal sealed class BouncyEntropy(IEntropy entropy) : SecureRandom(null)
#pragma warning restore RS0030
{
    public override void NextBytes(byte[] buf) => entropy.Fill(buf);

    public override void NextBytes(byte[] buf, int off, int len) => entropy.Fill(buf.AsSpan(off, len));

    public override void NextBytes(Span<byte> buffer) => entropy.Fill(buffer);

    public override int NextInt()
    {
        Span<byte> octets = stackalloc byte[4];
        entropy.Fill(octets);
        return BitConverter.ToInt32(octets);
    }

    public override long NextLong()
    {
        Span<byte> octets = stackalloc byte[8];
        entropy.Fill(octets);
        return BitConverter.ToInt64(octets);
    }

    public override void SetSeed(byte[] seed)
    {
    }

    public override void SetSeed(long seed)
    {
    }
}
