using Karez.Observe;

namespace Karez.Browsers;

/// <summary>What is compared of a sample of hellos.</summary>
internal sealed class HelloSample(IReadOnlyList<HelloFields> hellos)
{
    public const ushort Ech = 0xFE0D;

    public IReadOnlyList<HelloFields> Hellos => hellos;

    /// <summary>Every different JA4.</summary>
    public string Ja4s => Different(Ja4.Of);

    /// <summary>Every different set of extensions with their lengths; ECH's length varies and is left out.</summary>
    public string ExtensionSets => Different(hello => string.Join(' ', hello.Extensions.Select(Named).Order()));

    /// <summary>Every different order of extensions.</summary>
    public string ExtensionOrders => Different(hello => string.Join(' ', hello.Extensions.Select(Named)));

    /// <summary>Every different content of what is neither random nor the name.</summary>
    public string FixedContents => Different(hello =>
    {
        var contents = hello.Extensions.Where(e => !Grease.Is(e.Type) && e.Type is not (0 or 51 or Ech))
            .Select(e => $"{e.Type:x4}={MaskGrease(e.Type, e.Body.Span)}").Order();
        var suites = string.Join(' ', hello.CipherSuites.Select(Masked));
        var shares = string.Join(' ', hello.KeyShares.Select(s => $"{Masked(s.Group)}:{s.Key.Length}"));
        return $"{hello.LegacyVersion:x4} {hello.SessionId.Length} {suites} {shares} {string.Join(' ', contents)}";
    });

    /// <summary>Every different fixed part of the ECH extension: type, KDF, AEAD, length of the key.</summary>
    public string EchForms => Different(hello =>
        $"{Convert.ToHexStringLower(EchBody(hello)[..5])} {Convert.ToHexStringLower(EchBody(hello)[6..8])}");

    /// <summary>Extension types without GREASE, sorted.</summary>
    public ushort[] Types => [.. hellos[0].Extensions.Select(e => e.Type).Where(type => !Grease.Is(type)).Order()];

    /// <summary>How often an extension stood at each place between the GREASE ones.</summary>
    public int[] Positions(ushort type)
    {
        var counts = new int[Types.Length];
        foreach (var hello in hellos)
            counts[hello.Extensions.Where(e => !Grease.Is(e.Type)).Index().First(e => e.Item.Type == type).Index]++;
        return counts;
    }

    /// <summary>How often ECH had each length.</summary>
    public SortedDictionary<int, int> EchLengths =>
        new(hellos.CountBy(hello => EchBody(hello).Length).ToDictionary());

    /// <summary>How many hellos break a rule; its GREASE rules hold for every hello of Chromium's.</summary>
    public int Breaking(Func<HelloFields, bool> rule) => hellos.Count(hello => !rule(hello));

    private string Different(Func<HelloFields, string> view) =>
        string.Join('\n', hellos.Select(view).Distinct().Order(StringComparer.Ordinal));

    private static ReadOnlySpan<byte> EchBody(HelloFields hello)
    {
        Assert.True(hello.TryGetExtension(Ech, out var body));
        return body.Span;
    }

    private static string Named(HelloExtension e) => e.Type switch
    {
        Ech => "fe0d",
        0 => "0000",
        _ => $"{Masked(e.Type)}:{e.Body.Length}",
    };

    private static string Masked(ushort value) => Grease.Is(value) ? "grease" : value.ToString("x4");

    // In these lists GREASE is the first value, after the list's length.
    private static string MaskGrease(ushort type, ReadOnlySpan<byte> body)
    {
        var hex = Convert.ToHexStringLower(body);
        var at = type switch { 10 or 13 => 4, 43 => 2, _ => -1 };
        return at >= 0 && hex.Length >= at + 4 && Grease.Is(Convert.ToUInt16(hex.Substring(at, 4), 16))
            ? $"{hex[..at]}grease{hex[(at + 4)..]}"
            : hex;
    }
}
