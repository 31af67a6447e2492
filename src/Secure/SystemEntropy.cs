using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Secure;

/// <summary>The system's random octets.</summary>
/// <remarks>
/// A hello takes some thirty small draws, and each call into the generator costs more than the octets do. So small ones
/// come out of a block of the calling thread; an octet that was given out is overwritten there at once.
/// </remarks>
public sealed class SystemEntropy : IEntropy
{
    private const int BlockSize = 1024;
    private const int Small = 128;

    [ThreadStatic]
    private static byte[]? t_block;

    [ThreadStatic]
    private static int t_left;

    /// <summary>The one instance.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        if (destination.Length > Small)
        {
            RandomNumberGenerator.Fill(destination);
            return;
        }

        var block = t_block ??= GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        if (t_left < destination.Length)
        {
            RandomNumberGenerator.Fill(block);
            t_left = BlockSize;
        }

        var taken = block.AsSpan(t_left - destination.Length, destination.Length);
        t_left -= destination.Length;
        taken.CopyTo(destination);
        CryptographicOperations.ZeroMemory(taken);
    }
}
