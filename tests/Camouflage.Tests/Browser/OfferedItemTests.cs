using System.Text.RegularExpressions;
using Karez.Camouflage.Browser;
using Karez.Observe;
using Karez.Tests;

namespace Karez.Camouflage.Tests.Browser;

public partial class OfferedItemTests
{
    [Fact]
    public void Every_item_that_a_profile_offers_has_a_line_saying_what_happens_when_it_is_picked()
    {
        var page = File.ReadAllText(Path.Combine(Here(), "../../../docs/protocols/browser.md"));
        var table = page[page.IndexOf("## What a server may pick", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("## After the handshake", StringComparison.Ordinal)];
        var known = Item().Matches(table).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var name in BrowserProfile.Names)
        {
            Assert.True(BrowserProfile.TryGet(name, out var profile));
            var offer = BrowserHello.Build(profile!, "a.example", new SeededEntropy(1));
            Assert.True(HelloFields.TryParse(offer.Hello, out var hello));
            Assert.DoesNotContain(Items(hello!), item => !known.Contains(item));
        }
    }

    private static IEnumerable<string> Items(HelloFields hello) =>
    [
        .. Codes("suite", hello.CipherSuites), .. Codes("group", hello.Groups),
        .. Codes("group", hello.KeyShares.Select(share => share.Group)),
        .. Codes("scheme", hello.SignatureAlgorithms), .. Codes("version", hello.SupportedVersions),
        .. Codes("extension", hello.Extensions.Select(extension => extension.Type)),
        .. hello.Alpn.Select(protocol => $"alpn {protocol}"),
        .. Listed(hello, 27).Chunk(2).Select(pair => $"compression {Convert.ToHexStringLower(pair)}"),
        .. Listed(hello, 45).Select(mode => $"psk {mode:x2}"),
    ];

    private static IEnumerable<string> Codes(string kind, IEnumerable<ushort> values) =>
        values.Where(value => !Grease.Is(value)).Select(value => $"{kind} {value:x4}");

    private static byte[] Listed(HelloFields hello, ushort type)
    {
        Assert.True(hello.TryGetExtension(type, out var body));
        return body[1..].ToArray();
    }

    [GeneratedRegex("`([a-z]+ [^`]+)`")]
    private static partial Regex Item();

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetDirectoryName(path)!;
}
