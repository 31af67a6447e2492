using System.Runtime.CompilerServices;

namespace Karez.Crypto;

/// <summary>Checks of the sizes that a caller, not a peer, is answerable for.</summary>
internal static class OctetLength
{
    /// <summary>Throws unless the block has exactly <paramref name="length"/> octets.</summary>
    public static void Require(
        ReadOnlySpan<byte> octets, int length, [CallerArgumentExpression(nameof(octets))] string? name = null)
    {
        if (octets.Length != length)
            Refuse($"{name} has {octets.Length} octets, not {length}.", name);
    }

    /// <summary>Throws unless the block has room for <paramref name="length"/> octets.</summary>
    public static void RequireRoom(
        ReadOnlySpan<byte> octets, int length, [CallerArgumentExpression(nameof(octets))] string? name = null)
    {
        if (octets.Length < length)
            Refuse($"{name} has {octets.Length} octets, fewer than {length}.", name);
    }

    private static void Refuse(string message, string? name) => throw new ArgumentException(message, name);
}
