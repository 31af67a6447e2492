using System.Security.Cryptography;
using System.Text;

namespace Karez.Crypto.Tests;

/// <summary>Octets written the way the vectors write them.</summary>
internal static class Octets
{
    public static byte[] Hex(string hex) => Convert.FromHexString(hex);

    public static byte[] Run(int first, int count) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];

    public static byte[] Shake128Of(string text, int length) =>
        Shake128.HashData(Encoding.ASCII.GetBytes(text), length);

    public static string Vector(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", name)).Trim();

    public static string Text(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets);
}
