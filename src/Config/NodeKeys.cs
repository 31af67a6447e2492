namespace Karez.Config;

/// <summary>A node's long-term keys: the written form of <c>keys.json</c>. Losing them kills every link.</summary>
/// <param name="PrivateKey">The X25519 private key, 32 octets in base64url without padding.</param>
/// <param name="MlDsaSeed">The ML-DSA-65 seed, likewise; if it is there, links carry its public key.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record NodeKeys(
    string PrivateKey,
    string? MlDsaSeed = null,
    int Version = NodeKeys.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Reads and checks a file, collecting every problem; no problem shows a key.</summary>
    /// <returns>The keys, or null if there was a problem.</returns>
    public static NodeKeys? Read(ReadOnlyMemory<byte> utf8, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var keys = StrictJson.Read(utf8, ConfigJson.Default.NodeKeys, problems);
        var before = problems.Count;
        keys?.Check(problems);
        return problems.Count > before ? null : keys;
    }

    /// <summary>Checks what the shape alone cannot say.</summary>
    public void Check(ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Version != CurrentVersion)
            problems.Add(Problem.OfVersion(CurrentVersion));
        if (!IsKey(PrivateKey))
            problems.Add(new("$.privateKey", "not 32 octets in base64url", "restore the file from its backup"));
        if (MlDsaSeed is not null && !IsKey(MlDsaSeed))
            problems.Add(new("$.mlDsaSeed", "not 32 octets in base64url", "restore the file from its backup"));
    }

    /// <summary>Writes the private key's 32 octets.</summary>
    public void CopyPrivateKey(Span<byte> destination) => Decode(PrivateKey, destination);

    /// <summary>Writes the ML-DSA-65 seed's 32 octets; false if there is none.</summary>
    public bool TryCopyMlDsaSeed(Span<byte> destination)
    {
        if (MlDsaSeed is null)
            return false;
        Decode(MlDsaSeed, destination);
        return true;
    }

    /// <summary>The type's name, never the keys.</summary>
    public override string ToString() => nameof(NodeKeys);

    private static void Decode(string text, Span<byte> destination)
    {
        if (!KeyText.TryDecode(text, destination[..32]))
            throw new InvalidOperationException("The keys were not checked.");
    }

    private static bool IsKey(string text)
    {
        Span<byte> octets = stackalloc byte[32];
        var good = KeyText.TryDecode(text, octets);
        octets.Clear();
        return good;
    }
}
