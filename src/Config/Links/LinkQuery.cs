namespace Karez.Config.Links;

/// <summary>The keys of a link's query, each at most once, taken one by one so that none is overlooked.</summary>
internal sealed class LinkQuery
{
    private static readonly string[] Known =
    [
        "encryption", "security", "type", "headerType", "flow", "sni", "fp", "pbk", "sid", "spx", "pqv", "alpn",
        "host", "path", "mode", "extra", "serviceName", "authority", "seed", "mtu", "tti",
        "ech", "vcn", "pcs", "allowInsecure", "insecure", "fm", "packetEncoding",
    ];

    private static readonly string[] Transport =
        ["host", "path", "mode", "extra", "serviceName", "authority", "seed", "mtu", "tti"];

    private static readonly string[] TlsOnly = ["alpn", "ech", "vcn", "pcs", "allowInsecure", "insecure"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly ICollection<Problem> _problems;

    public LinkQuery(string query, ICollection<Problem> problems)
    {
        _problems = problems;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            Add(pair);
    }

    /// <summary>What had no effect, one sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>Takes a key's value out; null if the link has no such key.</summary>
    public string? Take(string key) => _values.Remove(key, out var value) ? value : null;

    public bool Demand(string key, string value, string? missing, string hint) => Demand(key, [value], missing, hint);

    /// <summary>Takes a key out and demands one of some values; an empty value counts as missing.</summary>
    public bool Demand(string key, ReadOnlySpan<string> values, string? missing, string hint)
    {
        var given = Take(key);
        var value = given is null or "" ? missing : given;
        if (value is not null && values.Contains(value))
            return true;
        _problems.Add(new(key, value is null ? "missing" : $"\"{Shown(value)}\" cannot be done", hint));
        return false;
    }

    /// <summary>Takes out what describes a transport that was refused already.</summary>
    public void DropTransport()
    {
        foreach (var key in Transport)
            Take(key);
    }

    /// <summary>Takes out the keys that mean nothing for TCP under REALITY, and says so.</summary>
    public void IgnoreInert()
    {
        foreach (var key in Transport)
        {
            if (Take(key) is { Length: > 0 })
                Note($"{key} has no effect with type=tcp.");
        }

        foreach (var key in TlsOnly)
        {
            if (Take(key) is { Length: > 0 })
                Note($"{key} has no effect with security=reality.");
        }
    }

    /// <summary>Refuses the keys that nobody took, by name.</summary>
    public void RefuseTheRest()
    {
        foreach (var (key, value) in _values)
        {
            if (value.Length > 0)
                _problems.Add(new(Shown(key), "unknown key", Spelling(key) ?? "ask for a link without it"));
        }
    }

    private static string? Spelling(string key)
    {
        var right = Array.Find(Known, k => k.Equals(key, StringComparison.OrdinalIgnoreCase));
        return right is null ? null : $"keys are case-sensitive: write {right}";
    }

    // What comes back to a terminal is short and printable.
    private static string Shown(string text) =>
        string.Concat(text.Take(32).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > 32 ? "..." : "");

    private void Add(string pair)
    {
        // Only the first equals sign divides: other programs leave base64's padding as it is.
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (!VlessLink.TryDecode(equals < 0 ? pair : pair[..equals], out var key))
            _problems.Add(new("query", "a key is not percent-encoded UTF-8", "copy the link again"));
        else if (equals < 0)
            _problems.Add(new(Shown(key), "has no value", "write key=value"));
        else if (!VlessLink.TryDecode(pair[(equals + 1)..], out var value))
            _problems.Add(new(Shown(key), "not percent-encoded UTF-8", "copy the link again"));
        else if (!_values.TryAdd(key, value))
            _problems.Add(new(Shown(key), "given twice", "keep one of them"));
    }
}
