using System.Runtime.CompilerServices;

namespace Karez.Observe.Tests;

internal static class TestHellos
{
    /// <summary>One record, captured from Debian's Chromium 156 visiting www.example.com.</summary>
    public static byte[] Chromium156() => File.ReadAllBytes(Path.Combine(Vectors(), "chromium-156-clienthello.bin"));

    /// <summary>A message of Chrome 133's shape with known inputs (REALITY's vector B).</summary>
    public static byte[] Chrome133() =>
        Convert.FromHexString(File.ReadAllText(Path.Combine(Vectors(), "vectorB_clienthello.hex")).Trim());

    private static string Vectors([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "../Vectors");
}
