using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Karez.Camouflage.Reality;

/// <summary>The 8 octets by which a node recognises a person's hello.</summary>
/// <param name="Value">The octets, big-endian; shorter ids are padded with zero octets on the right.</param>
public readonly record struct ShortId(ulong Value)
{
    /// <summary>Length on the wire.</summary>
    public const int Size = 8;

    /// <summary>Reads the 8 octets.</summary>
    public static ShortId Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt64BigEndian(octets));

    /// <summary>Reads hex digits: an even number, at most 16; fewer are padded with zero octets on the right.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hex, out ShortId id)
    {
        id = default;
        if (hex is null || hex.Length > 2 * Size || hex.Length % 2 != 0)
            return false;
        Span<byte> octets = stackalloc byte[Size];
        octets.Clear();
        if (Convert.FromHexString(hex, octets, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        id = Read(octets);
        return true;
    }

    /// <summary>Writes the 8 octets.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, Value);

    /// <summary>16 hex digits, as links carry them.</summary>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
