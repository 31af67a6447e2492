using System.Buffers.Binary;

namespace Karez.Wire;

/// <summary>Draws of other shapes from an <see cref="IEntropy"/>.</summary>
public static class EntropyDraws
{
    /// <summary>Draws evenly from [0, <paramref name="bound"/>), without modulo bias.</summary>
    /// <param name="entropy">The source.</param>
    /// <param name="bound">Exclusive upper bound, at least 1.</param>
    public static int Below(this IEntropy entropy, int bound)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        Span<byte> octets = stackalloc byte[4];
        var limit = uint.MaxValue - (uint.MaxValue % (uint)bound);
        while (true)
        {
            entropy.Fill(octets);
            var draw = BinaryPrimitives.ReadUInt32BigEndian(octets);
            if (draw < limit)
                return (int)(draw % (uint)bound);
        }
    }

    /// <summary>Puts the items in an evenly drawn order (Fisher-Yates).</summary>
    public static void Shuffle<T>(this IEntropy entropy, Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = entropy.Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
