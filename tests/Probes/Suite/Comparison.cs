using Karez.Probes.Compare;
using Karez.Probes.Raw;
using Karez.Probes.Script;

namespace Karez.Probes.Suite;

/// <summary>
/// Compares the two doors by one probe. Answers of real servers vary (a ticket's length, a race between FIN and RST),
/// so a first difference is put to more rounds, until both doors have given the same answers, or chance can be ruled
/// out (a two-sample test of the answers, p below <see cref="Level"/>), or nothing speaks for a difference.
/// </summary>
public sealed class Comparison(Probe probe, ProbeContext context, Sides sides)
{
    private readonly List<Observation> _bare = [];
    private readonly List<Observation> _node = [];
    private readonly List<Observation> _kinds = [];

    /// <summary>Runs as many rounds as are needed.</summary>
    public async Task<Verdict> RunAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            _bare.Add(await ProbeRun.OnceAsync(sides.Bare, probe, context, cancellationToken));
            _node.Add(await ProbeRun.OnceAsync(sides.Node, probe, context, cancellationToken));
            if (_bare[^1].Broken is { } wrong)
                return new Verdict(probe, Outcome.Broken, $"the target itself: {wrong}");
            int[] bare = [.. _bare.Select(KindOf)], node = [.. _node.Select(KindOf)];
            if (bare.ToHashSet().SetEquals(node))
                return new Verdict(probe, round == 1 ? Outcome.Same : Outcome.Varies, $"alike after {round} rounds");
            var p = round < FewRounds ? 1 : TwoSamples.Permutation(bare, node);
            if (p < Level)
                return new Verdict(probe, Outcome.Differs, Explain(bare, node, p));
            if ((round >= FewRounds && p > Harmless) || round == MostRounds)
                return new Verdict(probe, Outcome.Varies, $"p {p:g2} after {round} rounds");
        }
    }

    private int KindOf(Observation observation)
    {
        var kind = _kinds.FindIndex(k => k.Resembles(observation, Tolerance));
        if (kind >= 0)
            return kind;
        _kinds.Add(observation);
        return _kinds.Count - 1;
    }

    private string Explain(int[] bareKinds, int[] nodeKinds, double p)
    {
        var node = _node[Array.FindIndex(nodeKinds, k => !bareKinds.Contains(k)) is var n and >= 0 ? n : 0];
        var bare = _bare[Array.FindIndex(bareKinds, k => !nodeKinds.Contains(k)) is var b and >= 0 ? b : 0];
        var (bareLines, nodeLines) = (bare.Summary.Split('\n'), node.Summary.Split('\n'));
        var foreign = nodeKinds.Count(k => !bareKinds.Contains(k));
        List<string> text = [$"{foreign} of {_node.Count} answers only at the node, p {p:g2}"];
        text.AddRange(bareLines.Except(nodeLines).Take(8).Select(l => $"    target: {Short(l)}"));
        text.AddRange(nodeLines.Except(bareLines).Take(8).Select(l => $"    node:   {Short(l)}"));
        text.Add($"    target: {Moments(bare)}; node: {Moments(node)}");
        return string.Join('\n', text);
    }

    private static string Short(string line) => line.Length <= 200 ? line.TrimEnd() : $"{line[..200]} ...";

    private static string Moments(Observation o) =>
        $"answer after {o.FirstOctet?.TotalMilliseconds:f1} ms, end after {o.Closed?.TotalMilliseconds:f1} ms";

    // hundreds of probes are looked at, several times each: chance must be ruled out well
    private const double Level = 0.0001;
    private const double Harmless = 0.05;
    private const int FewRounds = 6;
    private const int MostRounds = 16;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(700);
}
