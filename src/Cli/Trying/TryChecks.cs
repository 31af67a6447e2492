using System.Globalization;
using System.Text;
using Karez.Cli.Output;

namespace Karez.Cli.Trying;

/// <summary>The comparisons of a trial, told one by one as they are made.</summary>
internal sealed class TryChecks(Terminal terminal, TryBed bed, bool json)
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private bool _ok = true;

    /// <summary>Makes all of them.</summary>
    /// <param name="url">A page to visit in place of the origin's; null for the origin's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TryAnswer> RunAsync(Uri? url, CancellationToken cancellationToken)
    {
        bool? page = null, picture = null, download = null, plain = null, fetched = null;
        if (url is null)
        {
            var origin = $"https://{TryBed.InnerName}:{bed.Site.Https}";
            page = await SameAsync("the origin's page", new Uri($"{origin}/"), cancellationToken);
            picture = await SameAsync("a picture", new Uri($"{origin}/images/320.png"), cancellationToken);
            download = await SameAsync("a download", new Uri($"{origin}/bytes/3000001"), cancellationToken);
            var open = new Uri($"http://{TryBed.InnerName}:{bed.Site.Http}/gardens");
            plain = await SameAsync("a page without TLS", open, cancellationToken);
        }
        else
        {
            fetched = await FetchAsync(url, cancellationToken);
        }

        var stranger = await StrangerAsync(cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        var sights = bed.Wire.Sights;
        var seen = sights.Select(s => s.Describe()).ToList();
        var wire = seen.FirstOrDefault();
        var sni = Told(
            wire is not null && seen.All(s => s.Sni == TryBed.SiteName),
            $"the wire shows one name, {TryBed.SiteName}");
        var hello = Told(
            wire is not null && seen.All(s => s.Ja4?.StartsWith("t13d", StringComparison.Ordinal) == true),
            $"the wire shows hellos of TLS 1.3, JA4 {wire?.Ja4}");
        var records = Told(sights.All(s => s.IsAllTls), "every octet on the wire is part of a TLS record");
        var hidden = Told(
            !Inner(url).Any(text => sights.Any(s => s.Shows(text))), "no inner name, path or page is on the wire");
        if (!json && wire is not null)
            Show(wire);
        return new TryAnswer(
            _ok, page, picture, download, plain, fetched, stranger, sni, hello, records, hidden, wire);
    }

    private static IEnumerable<byte[]> Inner(Uri? url) => url is null
        ? ((string[])[TryBed.InnerName, "/gardens", "Water under the desert"]).Select(Encoding.ASCII.GetBytes)
        : [Encoding.ASCII.GetBytes(url.IdnHost)];

    private async Task<bool> SameAsync(string what, Uri page, CancellationToken cancellationToken)
    {
        using var direct = new Visitor(bed.Root, null);
        using var through = new Visitor(bed.Root, bed.Client.Listening);
        var (expected, trouble) = await direct.FetchAsync(page, cancellationToken);
        var (got, troubleInside) = await through.FetchAsync(page, cancellationToken);
        var octets = string.Create(CultureInfo.InvariantCulture, $"{got?.Length ?? 0:N0} octets");
        return Told(
            expected is not null && got == expected && got.Status == 200,
            $"{what} is the same through the channel and directly ({troubleInside ?? trouble ?? octets})");
    }

    private async Task<bool> FetchAsync(Uri url, CancellationToken cancellationToken)
    {
        using var direct = new Visitor(null, null);
        using var through = new Visitor(null, bed.Client.Listening);
        var (expected, trouble) = await direct.FetchAsync(url, cancellationToken);
        var (got, troubleInside) = await through.FetchAsync(url, cancellationToken);
        // Pages of other people change between two visits; status and certificate do not.
        var same = got is not null && expected is not null
            && got.Status == expected.Status && got.Certificate == expected.Certificate;
        var answer = string.Create(CultureInfo.InvariantCulture, $"status {got?.Status}, {got?.Length ?? 0:N0} octets");
        var said = troubleInside ?? trouble ?? answer;
        return Told(same, $"{url.Host} answers the same through the channel and directly ({said})");
    }

    private async Task<bool> StrangerAsync(CancellationToken cancellationToken)
    {
        var same = true;
        foreach (var path in (string[])["/", "/canals", "/no-such-page"])
        {
            using var atSite = new Visitor(bed.Root, null, TryBed.SiteName);
            using var atNode = new Visitor(bed.Root, null, TryBed.SiteName);
            var siteUrl = new Uri($"https://127.0.0.1:{bed.Site.Https}{path}");
            var nodeUrl = new Uri($"https://{bed.Node.Listening}{path}");
            var (site, _) = await atSite.FetchAsync(siteUrl, cancellationToken);
            var (node, _) = await atNode.FetchAsync(nodeUrl, cancellationToken);
            same &= site is not null && node == site;
        }

        return Told(same, "a stranger at the node gets the site: certificate, headers and pages");
    }

    private bool Told(bool held, string what)
    {
        _ok &= held;
        if (!json)
            terminal.Output.WriteLine($"{(held ? "ok  " : "FAIL")}  {Terminal.Printable(what)}");
        return held;
    }

    private void Show(WireAnswer wire)
    {
        terminal.Output.WriteLine("      an observer of the first connection saw these records:");
        foreach (var flight in wire.Flights)
            terminal.Output.WriteLine($"      {flight}");
    }
}
