using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Karez.Architecture.Tests;

/// <summary>The work tree that these tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>The source projects: name and file.</summary>
    public static IReadOnlyDictionary<string, string> Projects { get; } =
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, StringComparer.Ordinal);

    /// <summary>Which project may reference which, from eng/layers.txt, bottom up.</summary>
    public static IReadOnlyDictionary<string, HashSet<string>> Layers { get; } = ReadLayers();

    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The C# files below a folder, without what a build leaves there.</summary>
    public static IEnumerable<string> CSharp(params string[] parts) =>
        Directory.EnumerateFiles(Path.Combine([Root, .. parts]), "*.cs", SearchOption.AllDirectories)
            .Where(p => !p.Contains("/obj/", StringComparison.Ordinal))
            .Where(p => !p.Contains("/bin/", StringComparison.Ordinal));

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    public static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value));

    private static Dictionary<string, HashSet<string>> ReadLayers()
    {
        var layers = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(At("eng", "layers.txt")).Where(l => l.Contains(':') && l[0] != '#'))
        {
            var (name, refs) = line.Split(':') is [var n, var r] ? (n, r) : throw new InvalidDataException(line);
            var allowed = refs.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            if (allowed.FirstOrDefault(r => !layers.ContainsKey(r)) is { } above)
                throw new InvalidDataException($"{name} -> {above}: only lines above may be named");
            layers.Add(name, allowed);
        }

        return layers;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
