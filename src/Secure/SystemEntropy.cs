using System.Security.Cryptography;
using Karez.Wire;

namespace Karez.Secure;

/// <summary>The kernel's random octets.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance; it has no state.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
