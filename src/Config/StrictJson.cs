using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Karez.Config;

/// <summary>Reads JSON that people edit: comments allowed, all else strict, every problem told.</summary>
/// <remarks>
/// <see cref="JsonSerializer"/> stops at its first complaint. Then this reader walks the document beside the type's
/// source-generated description, so that unknown, missing, duplicate and ill-typed members are all named.
/// </remarks>
public static class StrictJson
{
    /// <summary>What is said of a document that is none: torn, or edited badly.</summary>
    public const string NotJson = "not JSON that can be read";

    // Our limit; configuration is two or three levels deep.
    private const int MaxDepth = 16;

    private static readonly JsonReaderOptions ReaderOptions = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = false,
        MaxDepth = MaxDepth,
    };

    private static readonly JsonDocumentOptions DocumentOptions = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = false,
        MaxDepth = MaxDepth,
    };

    /// <summary>Reads a document, adding what is wrong with it to <paramref name="problems"/>.</summary>
    /// <param name="utf8">The document's octets; a byte order mark is skipped.</param>
    /// <param name="type">The source-generated description of <typeparamref name="T"/>.</param>
    /// <param name="problems">Receives every problem found.</param>
    /// <returns>The value, or null if there was a problem.</returns>
    public static T? Read<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type, ICollection<Problem> problems)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(problems);
        if (utf8.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            utf8 = utf8[3..];
        if (TryReadWhole(utf8.Span, type) is { } value)
            return value;
        try
        {
            using var document = JsonDocument.Parse(utf8, DocumentOptions);
            var before = problems.Count;
            Walk(document.RootElement, type, "$", problems);
            return problems.Count > before ? null : document.RootElement.Deserialize(type);
        }
        catch (JsonException e)
        {
            problems.Add(new(Place(e), NotJson, "check commas, quotes and brackets near it"));
            return null;
        }
        catch (InvalidOperationException)
        {
            // The parser lets any octets and any escapes stand in a text, and fails where the text is asked for.
            problems.Add(new("$", "a text in it is no Unicode", "save it as UTF-8; \\ud800 to \\udfff come in pairs"));
            return null;
        }
    }

    /// <summary>
    /// The value of a document without a fault, which nearly all are: a program that starts has no time to walk. Null
    /// where there may be one.
    /// </summary>
    private static T? TryReadWhole<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return HasNullInList(utf8) ? null : JsonSerializer.Deserialize(utf8, type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The one thing that the serializer's strictness lets through.</summary>
    private static bool HasNullInList(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        var before = JsonTokenType.None;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null && before != JsonTokenType.PropertyName)
                return true;
            before = reader.TokenType;
        }

        return false;
    }

    /// <summary>The number in the root's <c>version</c> member, or null if the document has none.</summary>
    public static int? PeekVersion(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            int? version = null;
            var reader = new Utf8JsonReader(utf8.Span, ReaderOptions);
            while (reader.Read())
            {
                // Members of the root; of two with this name the last counts.
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1
                    || !reader.ValueTextEquals("version"u8))
                    continue;
                reader.Read();
                version = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number)
                    ? number
                    : null;
            }

            return version;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Walk(JsonElement element, JsonTypeInfo type, string path, ICollection<Problem> problems)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when element.ValueKind == JsonValueKind.Object:
                WalkObject(element, type, path, problems);
                break;
            case JsonTypeInfoKind.Enumerable when element.ValueKind == JsonValueKind.Array:
                WalkArray(element, type, path, problems);
                break;
            case JsonTypeInfoKind.Object:
                problems.Add(new(path, $"expected an object, found {Kind(element)}", "write { ... }"));
                break;
            case JsonTypeInfoKind.Enumerable:
                problems.Add(new(path, $"expected a list, found {Kind(element)}", "write [ ... ]"));
                break;
            default:
                CheckLeaf(element, type, path, problems);
                break;
        }
    }

    private static void WalkObject(JsonElement element, JsonTypeInfo type, string path, ICollection<Problem> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var at = $"{path}.{member.Name}";
            var property = type.Properties.FirstOrDefault(p => p.Name == member.Name);
            if (property is null)
                problems.Add(new(at, "unknown member", Nearest(member.Name, type)));
            else if (!seen.Add(member.Name))
                problems.Add(new(at, "given twice", "keep one of them"));
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Walk(member.Value, type.Options.GetTypeInfo(property.PropertyType), at, problems);
            else if (!property.IsSetNullable)
                problems.Add(new(at, "null is not a value here", "leave the member out to get its default"));
        }

        foreach (var property in type.Properties.Where(p => p.IsRequired && !seen.Contains(p.Name)))
            problems.Add(new($"{path}.{property.Name}", "missing", "this member has no default and must be given"));
    }

    private static void WalkArray(JsonElement element, JsonTypeInfo type, string path, ICollection<Problem> problems)
    {
        var item = type.Options.GetTypeInfo(type.ElementType!); // an enumerable's description always names its element
        var index = 0;
        foreach (var child in element.EnumerateArray())
        {
            if (child.ValueKind == JsonValueKind.Null)
                problems.Add(new($"{path}[{index}]", "null is not a value here", "take it out of the list"));
            else
                Walk(child, item, $"{path}[{index}]", problems);
            index++;
        }
    }

    private static void CheckLeaf(JsonElement element, JsonTypeInfo type, string path, ICollection<Problem> problems)
    {
        try
        {
            element.Deserialize(type);
        }
        catch (JsonException)
        {
            problems.Add(new(
                path, $"expected {Expected(type.Type)}, found {Kind(element)}", "see the commented example"));
        }
    }

    private static string Nearest(string name, JsonTypeInfo type)
    {
        var best = type.Properties.MinBy(p => Distance(name, p.Name));
        return best is not null && Distance(name, best.Name) <= Math.Max(2, name.Length / 3)
            ? $"did you mean \"{best.Name}\"?"
            : "members are: " + string.Join(", ", type.Properties.Select(p => p.Name));
    }

    /// <summary>Edit distance without regard to case; names longer than 64 characters are simply far.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[^1];
    }

    private static string Expected(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(bool) ? "true or false"
            : plain == typeof(string) ? "text in quotes"
            : plain == typeof(int) || plain == typeof(long) ? "a whole number"
            : plain == typeof(Guid) ? "a UUID in quotes"
            : plain == typeof(DateTimeOffset) ? "a time such as \"2026-01-31T12:00:00Z\""
            : "another kind of value";
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Place(JsonException e) =>
        e.LineNumber is { } line ? $"line {line + 1}" : "$";
}
