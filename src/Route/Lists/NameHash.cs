namespace Karez.Route.Lists;

/// <summary>The hashes of a name's suffixes, in one pass from its last letter to its first.</summary>
internal static class NameHash
{
    /// <summary>Writes a hash for each suffix, the shortest first.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hashes">Room for <see cref="NamePattern.MaxLabels"/>; of longer names the shorter suffixes are
    /// written.</param>
    /// <param name="starts">Where each begins in the name.</param>
    /// <returns>How many.</returns>
    public static int WriteSuffixes(ReadOnlySpan<char> name, Span<ulong> hashes, Span<byte> starts)
    {
        var count = 0;
        if (name.Length > NamePattern.MaxName)
            return 0;
        var hash = Basis;
        for (var i = name.Length - 1; i >= 0; i--)
        {
            if (name[i] == '.')
            {
                if (count == hashes.Length)
                    return count;
                (hashes[count], starts[count++]) = (Finish(hash), (byte)(i + 1));
            }

            hash = (hash ^ (byte)name[i]) * Prime;
        }

        if (count < hashes.Length && name.Length > 0)
            (hashes[count], starts[count++]) = (Finish(hash), 0);
        return count;
    }

    /// <summary>The hash of a whole name.</summary>
    public static ulong Of(ReadOnlySpan<byte> name)
    {
        var hash = Basis;
        for (var i = name.Length - 1; i >= 0; i--)
            hash = (hash ^ name[i]) * Prime;
        return Finish(hash);
    }

    private static ulong Finish(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= 0x9E37_79B9_7F4A_7C15;
        return hash ^ (hash >> 29);
    }

    private const ulong Basis = 0xCBF2_9CE4_8422_2325; // FNV-1a's
    private const ulong Prime = 0x100_0000_01B3;
}
