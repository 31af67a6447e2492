using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Karez.Architecture.Tests;

/// <summary>Pure projects name no socket, clock, task, file or random source: the build refuses it.</summary>
public class PurityTests
{
    private static readonly string[] Pure =
        ["Wire", "Crypto", "Tls", "Camouflage", "Proxy", "Ip", "Route", "Config", "Contracts", "Observe"];

    /// <summary>A type for each namespace that is banned whole.</summary>
    private static readonly Dictionary<string, string> Lines = new(StringComparer.Ordinal)
    {
        ["N:System.Net.Sockets"] = "_ = typeof(System.Net.Sockets.Socket);",
        ["N:System.IO.Pipelines"] = "_ = typeof(System.IO.Pipelines.Pipe);",
    };

    [Fact]
    public void Every_pure_project_says_so() =>
        Assert.All(Pure, p => Assert.Contains(
            "<SansIo>true</SansIo>", File.ReadAllText(Repository.Projects[p]), StringComparison.Ordinal));

    [Fact]
    public void Pure_projects_reference_only_pure_projects() =>
        Assert.All(Pure, p => Assert.Subset(Pure.ToHashSet(StringComparer.Ordinal), Repository.Layers[p]));

    [Fact]
    public async Task Each_banned_symbol_is_an_error_on_the_line_that_names_it()
    {
        var symbols = (await File.ReadAllLinesAsync(Banned, TestContext.Current.CancellationToken))
            .Where(l => l.Length > 0).Select(l => l.Split(';')[0]).ToList();
        Assert.True(symbols.Count > 30);
        var source = string.Join('\n', symbols.Select((s, i) => $"class C{i} {{ void M() {{ {LineFor(s)} }} }}"));

        var found = await Analyze(source);

        for (var i = 0; i < symbols.Count; i++)
            Assert.True(found.Contains(i), $"{symbols[i]}: no RS0030 for {LineFor(symbols[i])}");
    }

    [Fact]
    public async Task An_innocent_line_is_no_error() =>
        Assert.Empty(await Analyze("class C { int M(System.ReadOnlySpan<byte> octets) => octets.Length; }"));

    [Theory]
    [InlineData("Wire")]
    [InlineData("Config")]
    public async Task The_build_of_a_pure_project_has_no_io_assembly_and_has_the_analyzer(string project)
    {
        using var items = await Evaluate(Repository.Projects[project]);
        var references = Names(items, "ReferencePath");
        Assert.Contains("System.Runtime.dll", references);
        Assert.DoesNotContain("System.Net.Sockets.dll", references);
        Assert.DoesNotContain("System.Net.Http.dll", references);
        Assert.DoesNotContain("System.IO.Pipelines.dll", references);
        Assert.DoesNotContain("System.IO.Pipes.dll", references);
        Assert.Contains("Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll", Names(items, "Analyzer"));
        Assert.Contains("BannedSymbols.SansIo.txt", Names(items, "AdditionalFiles"));
    }

    [Fact]
    public void A_banned_symbol_breaks_the_build_and_not_only_warns() =>
        Assert.Contains(
            "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>",
            File.ReadAllText(Repository.At("Directory.Build.props")),
            StringComparison.Ordinal);

    private static string Banned => Repository.At("eng", "BannedSymbols.SansIo.txt");

    private static string LineFor(string symbol)
    {
        if (Lines.TryGetValue(symbol, out var line))
            return line;
        var name = symbol[2..];
        if (name.EndsWith("`1", StringComparison.Ordinal))
            return $"_ = typeof({name[..^2]}<>);";
        return symbol[0] switch
        {
            'T' => $"_ = typeof({name});",
            'P' => $"_ = {name};",
            'M' => $"_ = {name}();",
            _ => throw new InvalidDataException(symbol),
        };
    }

    /// <summary>The lines on which the analyzer, as the build runs it, sees a banned symbol.</summary>
    private static async Task<HashSet<int>> Analyze(string source)
    {
        var stop = TestContext.Current.CancellationToken;
        var library = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary);
        var compilation = CSharpCompilation.Create(
            "Forbidden",
            [CSharpSyntaxTree.ParseText(source, cancellationToken: stop)],
            References(),
            library.WithNullableContextOptions(NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics(stop).Where(d => d.Severity == DiagnosticSeverity.Error));
        var options = new AnalyzerOptions([new Additional(Banned)]);
        var diagnostics = await compilation.WithAnalyzers(Analyzers(), options).GetAnalyzerDiagnosticsAsync(stop);
        Assert.All(diagnostics, d => Assert.Equal("RS0030", d.Id));
        return diagnostics.Select(d => d.Location.GetLineSpan().StartLinePosition.Line).ToHashSet();
    }

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var n
                && (n.StartsWith("System.", StringComparison.Ordinal) || n is "BouncyCastle.Cryptography.dll"))
            .Select(p => MetadataReference.CreateFromFile(p));

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers()
    {
        var folder = typeof(PurityTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "BannedApiAnalyzers").Value!;
        Assembly.LoadFrom(Path.Combine(folder, "Microsoft.CodeAnalysis.BannedApiAnalyzers.dll"));
        var assembly = Assembly.LoadFrom(Path.Combine(folder, "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll"));
        return [.. assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(DiagnosticAnalyzer)) && t.Name.Contains("Banned"))
            .Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!)];
    }

    private static async Task<JsonDocument> Evaluate(string project)
    {
        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "msbuild", project, "-t:ResolveAssemblyReferences", "-p:BuildProjectReferences=false",
                "-getItem:ReferencePath", "-getItem:Analyzer", "-getItem:AdditionalFiles",
            },
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        Assert.Equal(0, process.ExitCode);
        return JsonDocument.Parse(text);
    }

    private static HashSet<string> Names(JsonDocument items, string kind) =>
        items.RootElement.GetProperty("Items").GetProperty(kind).EnumerateArray()
            .Select(i => Path.GetFileName(i.GetProperty("Identity").GetString()!)).ToHashSet(StringComparer.Ordinal);

    private sealed class Additional(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) =>
            SourceText.From(File.ReadAllText(path));
    }
}
