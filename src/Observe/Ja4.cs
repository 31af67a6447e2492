using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Karez.Observe;

/// <summary>The JA4 fingerprint of a hello over TCP (FoxIO, technical_details/JA4.md).</summary>
public static class Ja4
{
    private const string Nothing = "000000000000";
    private const ushort ServerName = 0;
    private const ushort Alpn = 16;

    /// <summary>Computes the fingerprint, for example <c>t13d1516h2_8daaf6152771_d8a2da3f94cd</c>.</summary>
    public static string Of(HelloFields hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        var suites = hello.CipherSuites.Where(suite => !Grease.Is(suite)).ToArray();
        var extensions = hello.Extensions.Select(e => e.Type).Where(type => !Grease.Is(type)).ToArray();
        var name = extensions.Contains(ServerName) ? 'd' : 'i';
        return $"t{Version(hello)}{name}{Count(suites)}{Count(extensions)}{FirstAlpn(hello)}"
            + $"_{SuitesHash(suites)}_{ExtensionsHash(extensions, hello.SignatureAlgorithms)}";
    }

    private static string Version(HelloFields hello)
    {
        var offered = hello.SupportedVersions.Where(version => !Grease.Is(version)).ToArray();
        return (offered.Length > 0 ? offered.Max() : hello.LegacyVersion) switch
        {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };
    }

    private static string Count(ushort[] values) =>
        Math.Min(values.Length, 99).ToString("D2", CultureInfo.InvariantCulture);

    private static string FirstAlpn(HelloFields hello)
    {
        if (hello.Alpn is not [{ Length: > 0 } first, ..])
            return "00";
        if (char.IsAsciiLetterOrDigit(first[0]) && char.IsAsciiLetterOrDigit(first[^1]))
            return $"{first[0]}{first[^1]}";
        var hex = Convert.ToHexStringLower(Encoding.Latin1.GetBytes(first));
        return $"{hex[0]}{hex[^1]}";
    }

    private static string SuitesHash(ushort[] suites) =>
        suites.Length == 0 ? Nothing : Hash(Join(suites.Order()));

    private static string ExtensionsHash(ushort[] extensions, IReadOnlyList<ushort> algorithms)
    {
        if (extensions.Length == 0)
            return Nothing;
        var sorted = Join(extensions.Where(type => type is not (ServerName or Alpn)).Order());
        var signatures = algorithms.Where(algorithm => !Grease.Is(algorithm)).ToArray();
        return Hash(signatures.Length == 0 ? sorted : $"{sorted}_{Join(signatures)}");
    }

    private static string Join(IEnumerable<ushort> values) =>
        string.Join(',', values.Select(value => value.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..12];
}
