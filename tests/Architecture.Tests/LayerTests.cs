using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Karez.Architecture.Tests;

public class LayerTests
{
    [Fact]
    public void Projects_reference_only_what_layers_txt_allows()
    {
        var root = Path.GetFullPath(Path.Combine(Here(), "../.."));
        var allowed = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(root, "eng/layers.txt")).Where(l => l.Contains(':') && l[0] != '#'))
        {
            var (name, refs) = line.Split(':') is [var n, var r] ? (n, r) : throw new InvalidDataException(line);
            var set = refs.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            Assert.All(set, r => Assert.True(allowed.ContainsKey(r), $"{name} -> {r}: only lines above may be named"));
            allowed.Add(name, set);
        }

        foreach (var path in Directory.EnumerateFiles(Path.Combine(root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            Assert.True(allowed.TryGetValue(name, out var may), $"{name} has no line in eng/layers.txt");
            var refs = XDocument.Load(path).Descendants("ProjectReference")
                .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value));
            Assert.All(refs, r => Assert.Contains(r, may!));
        }
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
