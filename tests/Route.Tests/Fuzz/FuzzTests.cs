using CsCheck;

namespace Karez.Route.Tests.Fuzz;

/// <summary>
/// Replays the corpus, whole, cut at each point and with single octets changed, and then random octets.
/// </summary>
public class FuzzTests
{
    public static TheoryData<string> Names => [.. Fuzzers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_corpus_and_its_neighbours_do_no_harm(string name)
    {
        var fuzz = Fuzzers.All[name];
        var seeds = Seeds(name);
        Assert.NotEmpty(seeds);
        foreach (var seed in seeds)
        {
            byte[] octets = [.. seed];
            fuzz(octets);
            for (var i = 0; i < octets.Length; i++)
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

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_octets_do_no_harm(string name)
    {
        var fuzz = Fuzzers.All[name];
        var seeds = Seeds(name);
        Gen.Select(Gen.Int[0, seeds.Count], Gen.Byte.Array[0, 300], Gen.Int[0, 64]).Sample((start, octets, kept) =>
        {
            if (start == seeds.Count)
                fuzz(octets);
            else
                fuzz([.. seeds[start].AsSpan(0, Math.Min(kept, seeds[start].Length)), .. octets]);
        }, iter: 2_000);
    }

    /// <summary>Corpus files: hexadecimal, one input a line, '#' begins a comment.</summary>
    private static List<byte[]> Seeds(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus", name + ".hex"))
            .Select(line => line.Split('#')[0].Trim())
            .Where(line => line.Length > 0)
            .Select(Convert.FromHexString)];
}
