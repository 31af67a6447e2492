using System.Text.Json;

namespace Karez.Lab.Running;

/// <summary>One pair of the border's log.</summary>
/// <param name="From">Who came in from abroad.</param>
/// <param name="To">The address at home that he visited.</param>
/// <param name="Nanoseconds">When first, since 1970.</param>
public sealed record BorderEntry(string From, string To, long Nanoseconds)
{
    /// <summary>The log's name in a run's folder.</summary>
    public const string FileName = "border.json";

    /// <summary>The log of a run; empty when it has none.</summary>
    /// <exception cref="LabException">It is no such log.</exception>
    public static IReadOnlyList<BorderEntry> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return [];
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, LabJson.Default.IReadOnlyListBorderEntry) ?? [];
        }
        catch (JsonException e)
        {
            throw new LabException($"{path}: {e.Message}", "only runs of the lab are read");
        }
    }
}
