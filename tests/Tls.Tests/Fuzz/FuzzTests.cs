using CsCheck;
using Karez.Tests;

namespace Karez.Tls.Tests.Fuzz;

/// <summary>Replays the corpus with every octet changed and every tail cut off, and octets that were drawn.</summary>
public class FuzzTests
{
    private static readonly byte[] Changes = [0x00, 0x01, 0x7F, 0xFF];

    public static TheoryData<string> Names => [.. Fuzzers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_in_the_corpus_or_near_it_does_harm(string name)
    {
        var fuzz = Fuzzers.All[name];
        var corpus = CorpusReplay.Seeds(name);
        Assert.NotEmpty(corpus);
        foreach (var input in corpus)
        {
            fuzz(input);
            for (var at = 0; at < input.Length; at++)
            {
                fuzz(input.AsSpan(0, at));
                byte[] changed = [.. input];
                changed[at] = Changes[at % Changes.Length];
                fuzz(changed);
                changed[at] = (byte)(input[at] ^ (1 << (at % 8)));
                fuzz(changed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_drawn_does_harm(string name)
    {
        var fuzz = Fuzzers.All[name];
        var corpus = CorpusReplay.Seeds(name);
        Gen.Select(Gen.Int[0, corpus.Count - 1], Gen.Double[0, 1], Gen.Byte.Array[0, 64])
            .Sample(
                (index, share, drawn) =>
                {
                    var input = corpus[index];
                    fuzz([.. input.AsSpan(0, (int)(share * input.Length)), .. drawn]);
                },
                iter: 500);
    }

    [Fact]
    public void The_corpus_reaches_the_end_of_the_handshake()
    {
        Assert.Equal(TlsStatus.Done, Fuzzers.RunServerRecords(CorpusReplay.Seeds("server-records")[0]));
        Assert.Equal(TlsStatus.Done, Fuzzers.RunServerMessages(CorpusReplay.Seeds("server-messages")[0]));
        Assert.Equal(TlsStatus.Done, Fuzzers.RunServerMessages(CorpusReplay.Seeds("server-messages")[1]));
        Assert.Equal(TlsStatus.Done, Fuzzers.RunClientRecords(CorpusReplay.Seeds("client-records")[0]));
    }
}
