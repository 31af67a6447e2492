namespace Karez.Probes.Tests;

public class PageTests
{
    [Fact]
    public void The_page_about_strangers_lists_every_probe_with_what_it_shows()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Karez.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Karez.slnx");
        var page = File.ReadAllLines(Path.Combine(folder, "docs/protocols/strangers.md"));
        var rows = page.SkipWhile(l => !l.StartsWith("| probe |", StringComparison.Ordinal)).Skip(2);
        var expected = Cases.All
            .Select(p => (Name: p.Name.Split('[')[0] + (p.Name.Contains('[') ? " {}" : ""), p.Shows))
            .Distinct().Select(p => $"| `{p.Name}` | {p.Shows} |");
        Assert.Equal(expected, rows);
    }
}
