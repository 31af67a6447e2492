using System.Security.Cryptography;

namespace Karez.Wire;

/// <summary>Octets that must not be printed, compared in variable time, or left in memory.</summary>
public sealed class Secret : IDisposable
{
    private readonly byte[] _octets;

    /// <summary>Makes a zeroed secret to be filled through <see cref="Octets"/>.</summary>
    /// <param name="length">Length in octets.</param>
    public Secret(int length) => _octets = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>Copies a secret.</summary>
    public Secret(ReadOnlySpan<byte> octets)
        : this(octets.Length) => octets.CopyTo(_octets);

    /// <summary>Length in octets.</summary>
    public int Length => _octets.Length;

    /// <summary>The octets; all zero after <see cref="Dispose"/>.</summary>
    public Span<byte> Octets => _octets;

    /// <summary>Compares in constant time.</summary>
    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(_octets, other);

    /// <summary>Overwrites the octets.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_octets);

    /// <summary>The type's name, never the octets.</summary>
    public override string ToString() => nameof(Secret);
}
