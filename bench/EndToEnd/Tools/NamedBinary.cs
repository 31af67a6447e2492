using System.Text.Json;

namespace Karez.EndToEnd.Tools;

/// <summary>Binaries that no package brings, named by path in a JSON file: <c>{"xray": "/opt/xray"}</c>.</summary>
internal static class NamedBinary
{
    /// <summary>The names that have an entry ready.</summary>
    public static IReadOnlyList<string> Known { get; } = ["xray", "sing-box", "hysteria", "wireguard-go"];

    /// <summary>Reads the file; none without one.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? path)
    {
        if (path is null)
            return new Dictionary<string, string>();
        var read = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [];
        return read.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown
            ? throw new InvalidDataException($"{path}: {unknown} is none of {string.Join(", ", Known)}")
            : read;
    }

    /// <summary>Says why it is absent.</summary>
    public static string? WhyNot(string name, string? path) => path is null
        ? $"no package brings it; name its path: --binaries FILE with {{\"{name}\": \"/path\"}}"
        : File.Exists(path) ? null : $"{path} is not there";
}
