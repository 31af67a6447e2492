namespace Karez.Observe;

/// <summary>The values that mean nothing (RFC 8701).</summary>
public static class Grease
{
    /// <summary>True for 0x0A0A, 0x1A1A, … 0xFAFA.</summary>
    public static bool Is(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}
