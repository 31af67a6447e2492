namespace Karez.Ip.Tests.Fuzz;

/// <summary>
/// Replays the corpus, whole, cut at each point and with single octets changed, and then random octets.
/// </summary>
public class FuzzTests
{
    public static TheoryData<string> Names => [.. Fuzzers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_corpus_and_its_neighbours_do_no_harm(string name) =>
        CorpusReplay.Neighbours(name, Fuzzers.All[name].Invoke);

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_octets_do_no_harm(string name) =>
        CorpusReplay.Random(name, Fuzzers.All[name].Invoke);
}
