namespace Karez.Config;

/// <summary>One list of links, at several places; docs/protocols/subscription.md has the formats.</summary>
/// <param name="Urls">Where it is, in the order in which to ask.</param>
/// <param name="Key">The public key of who signs it, 43 letters of base64url; then nothing unsigned is taken.</param>
public sealed record SubscriptionConfig(IReadOnlyList<string> Urls, string? Key = null)
{
    /// <summary>Checks what the shape alone cannot say.</summary>
    /// <param name="path">Where it is written.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public void Check(string path, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Urls.Count is 0 or > 16)
            problems.Add(new($"{path}.urls", $"{Urls.Count} places", "give from 1 to 16"));
        for (var i = 0; i < Urls.Count; i++)
        {
            if (!Uri.TryCreate(Urls[i], UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
                problems.Add(new($"{path}.urls[{i}]", "not an address of the web", "it begins with https://"));
            else if (uri.Scheme == "http" && Key is null)
                problems.Add(new($"{path}.urls[{i}]", "anybody on the way could change it", "https, or a signing key"));
        }

        if (Key is not null && !TryDecodeKey(stackalloc byte[32]))
            problems.Add(new($"{path}.key", "not a public key", "43 letters that karez bundle prints"));
    }

    /// <summary>The key's 32 octets; false when there is none.</summary>
    public bool TryDecodeKey(Span<byte> key) => Key is not null && KeyText.TryDecode(Key, key[..32]);
}
