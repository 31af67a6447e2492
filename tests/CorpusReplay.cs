using CsCheck;

namespace Karez.Tests;

/// <summary>
/// Replays the corpus of one parser, whole, cut at each point and with single octets changed, and then random octets.
/// </summary>
internal static class CorpusReplay
{
    public delegate void Entry(ReadOnlySpan<byte> octets);

    /// <summary>Corpus files: hexadecimal, one input a line, '#' begins a comment.</summary>
    public static List<byte[]> Seeds(string name) =>
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus", name + ".hex"))
            .Select(line => line.Split('#')[0].Trim())
            .Where(line => line.Length > 0)
            .Select(Convert.FromHexString),
    ];

    /// <summary>The corpus and its neighbours.</summary>
    /// <param name="name">The corpus.</param>
    /// <param name="fuzz">The parser.</param>
    /// <param name="pieces">First octets to try, which say how a parser gets its input cut; none if it gets it whole.</param>
    public static void Neighbours(string name, Entry fuzz, params byte[] pieces)
    {
        var seeds = Seeds(name);
        Assert.NotEmpty(seeds);
        byte[][] heads = pieces.Length == 0 ? [[]] : [.. pieces.Select(piece => (byte[])[piece])];
        foreach (var seed in seeds)
        {
            foreach (var head in heads)
            {
                byte[] octets = [.. head, .. seed];
                fuzz(octets);
                for (var i = head.Length; i < octets.Length; i++)
                {
                    fuzz(octets.AsSpan(0, i));
                    var kept = octets[i];
                    foreach (byte value in (byte[])[0, 1, 2, 0x3F, 0x7F, 0xC0, 0xFF])
                    {
                        octets[i] = value;
                        fuzz(octets);
                    }

                    octets[i] = kept;
                }
            }
        }
    }

    /// <summary>Random octets, alone and behind the beginning of a seed.</summary>
    /// <param name="name">The corpus.</param>
    /// <param name="fuzz">The parser.</param>
    /// <param name="isCut">Whether its first octet says how it gets its input cut.</param>
    public static void Random(string name, Entry fuzz, bool isCut = false)
    {
        var seeds = Seeds(name);
        Gen.Select(Gen.Int[0, seeds.Count], Gen.Byte.Array[0, 300], Gen.Int[0, 64]).Sample((start, octets, kept) =>
        {
            if (start == seeds.Count)
            {
                fuzz(octets);
                return;
            }

            byte[] head = isCut ? [(byte)kept] : [];
            fuzz([.. head, .. seeds[start].AsSpan(0, Math.Min(kept, seeds[start].Length)), .. octets]);
        }, iter: 2_000);
    }
}
