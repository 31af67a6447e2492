namespace Karez.Tls.Tests.Vectors;

/// <summary>Hexadecimal with any white space between the octets.</summary>
internal static class Hex
{
    public static byte[] Read(string text) =>
        Convert.FromHexString(string.Concat(text.Where(character => !char.IsWhiteSpace(character))));

    public static string Write(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets);
}
