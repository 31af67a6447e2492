using Karez.Wire;

namespace Karez.Crypto.Tests;

/// <summary>Hands out given octets once, so that a drawn key can be a vector's.</summary>
internal sealed class FixedEntropy(params byte[] octets) : IEntropy
{
    private int _at;

    public int Left => octets.Length - _at;

    public void Fill(Span<byte> destination)
    {
        octets.AsSpan(_at, destination.Length).CopyTo(destination);
        _at += destination.Length;
    }
}
