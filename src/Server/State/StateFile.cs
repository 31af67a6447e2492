using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Karez.Config;

namespace Karez.Server.State;

/// <summary>One versioned JSON file of a state folder.</summary>
/// <typeparam name="T">What it holds.</typeparam>
/// <param name="name">The file's name.</param>
/// <param name="version">The version that this program writes.</param>
/// <param name="type">The source-generated description of <typeparamref name="T"/>.</param>
/// <param name="check">Adds what the shape alone cannot say.</param>
public sealed class StateFile<T>(
    string name, int version, JsonTypeInfo<T> type, Action<T, ICollection<Problem>> check)
    where T : class
{
    /// <summary>The file's name.</summary>
    public string Name => name;

    /// <summary>Steps from a version to the next, by the version they start from.</summary>
    public IReadOnlyDictionary<int, Action<JsonObject>> Migrations { get; init; } =
        new Dictionary<int, Action<JsonObject>>();

    /// <summary>What to do about a torn file that nobody edits; null for one that people edit.</summary>
    public string? Cure { get; init; }

    /// <summary>Reads the file. An older one is migrated and kept as a copy; a torn or newer one is reported.</summary>
    /// <returns>What it holds; null if there is no such file.</returns>
    /// <exception cref="StateException">It is damaged, newer, or wrong.</exception>
    public T? Read(StateFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var octets = folder.Read(name);
        if (octets is null)
            return null;
        var found = StrictJson.PeekVersion(octets) ?? version;
        if (found > version)
        {
            throw new StateException(
                $"{folder.FileOf(name)} was written by a newer karez (version {found})",
                $"this one reads version {version}: use the newer program, or another --state DIR");
        }

        return found < version ? Migrate(folder, octets, found) : Parse(folder.FileOf(name), octets);
    }

    /// <summary>Reads octets that are said to come from such a file.</summary>
    /// <exception cref="StateException">They are damaged or wrong.</exception>
    public T Parse(string place, ReadOnlyMemory<byte> octets)
    {
        var problems = new List<Problem>();
        var value = StrictJson.Read(octets, type, problems);
        if (value is not null)
            check(value, problems);
        return problems.Count == 0 && value is not null
            ? value
            : throw new StateException([.. problems.Select(p => p with
            {
                Path = $"{place}, {p.Path}",
                Hint = p.What == StrictJson.NotJson ? Cure ?? p.Hint : p.Hint,
            })]);
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    public void Write(StateFolder folder, T value)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.Write(name, JsonSerializer.SerializeToUtf8Bytes(value, type));
    }

    private T Migrate(StateFolder folder, byte[] octets, int found)
    {
        var root = JsonNode.Parse(octets, null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            as JsonObject;
        for (var from = found; from < version; from++)
        {
            if (root is null || !Migrations.TryGetValue(from, out var step))
            {
                throw new StateException(
                    $"{folder.FileOf(name)} has version {found}, which this karez cannot read",
                    $"this one reads version {version}: start a karez in between first");
            }

            step(root);
            root["version"] = from + 1;
        }

        var migrated = Parse(folder.FileOf(name), Encoding.UTF8.GetBytes(root!.ToJsonString())); // a step was taken
        folder.Write($"{name}.v{found}", octets);
        Write(folder, migrated);
        return migrated;
    }
}
