namespace Karez.Architecture.Tests;

public class LayerTests
{
    [Fact]
    public void Every_project_has_a_line_in_layers_txt() =>
        Assert.All(Repository.Projects.Keys, p => Assert.True(Repository.Layers.ContainsKey(p), p));

    [Fact]
    public void Projects_reference_only_what_layers_txt_allows() =>
        Assert.All(Repository.Projects, p =>
            Assert.All(Repository.References(p.Value), r => Assert.Contains(r, Repository.Layers[p.Key])));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.At("Karez.slnx"));
        // Deeper ones are programs that a suite publishes by itself.
        var projects = Directory.GetDirectories(Repository.At("tests"))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Concat(Repository.Projects.Values);
        Assert.All(projects, p => Assert.Contains($"\"{Repository.Relative(p)}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_site_links_a_web_server() => Assert.All(
        Repository.Projects.Where(project => project.Key != "Site"),
        project => Assert.DoesNotMatch("AspNetCore|Sdk[.]Web", File.ReadAllText(project.Value)));

    [Fact]
    public void The_lab_shares_no_parser_with_what_it_judges()
    {
        string[] never = ["Tls", "Camouflage", "Proxy", "Secure", "Net", "Server", "Client"];
        Assert.Empty(Repository.Layers["Lab"].Intersect(never));
        Assert.Empty(Repository.References(Repository.Projects["Lab"]).Intersect(never));
        Assert.DoesNotContain("<Compile", File.ReadAllText(Repository.Projects["Lab"]), StringComparison.Ordinal);
        // Nor by way of those that it may reference.
        Assert.All(Repository.Layers["Lab"], p => Assert.Empty(Repository.Layers[p].Intersect(never)));
    }

    [Fact]
    public void Every_folder_of_src_has_its_line_in_the_architecture()
    {
        var text = File.ReadAllText(Repository.At("ARCHITECTURE.md"));
        Assert.All(
            Directory.GetDirectories(Repository.At("src")),
            d => Assert.Contains($"`{Repository.Relative(d)}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_package_has_its_line_in_the_dependencies()
    {
        var lines = File.ReadAllLines(Repository.At("docs", "dependencies.md"));
        var packages = System.Xml.Linq.XDocument.Load(Repository.At("Directory.Packages.props"))
            .Descendants("PackageVersion").Select(e => e.Attribute("Include")!.Value).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, p => Assert.Contains(lines, l => l.StartsWith($"| {p} |", StringComparison.Ordinal)));
    }
}
