using Karez.Probes.Compare;

namespace Karez.Probes.Suite;

/// <summary>Times of one probe at three doors, in milliseconds.</summary>
/// <param name="Name">Probe and what is timed.</param>
/// <param name="Bare">The target itself.</param>
/// <param name="Hop">The target behind one plain relay: what any extra hop costs.</param>
/// <param name="Node">The node.</param>
public sealed record TimingVerdict(
    string Name, IReadOnlyList<double> Bare, IReadOnlyList<double> Hop, IReadOnlyList<double> Node)
{
    /// <summary>p that the node's times are those of the bare target.</summary>
    public double AgainstBare => TwoSamples.MannWhitney(Bare, Node);

    /// <summary>p that the node's times are those of a plain hop.</summary>
    public double AgainstHop => TwoSamples.MannWhitney(Hop, Node);

    /// <summary>
    /// A hop is always seen on loopback, where the path has no noise. What must not be seen is more than a hop: the
    /// samples differ, and the medians lie further apart than <see cref="Allowance"/> (less than one path's jitter)
    /// and twice what a plain hop costs on this machine now.
    /// </summary>
    public bool IsGood => AgainstHop >= Level || Distance(Hop, Node) <= Math.Max(Allowance, 2 * Distance(Bare, Hop));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsGood ? "timed  " : "DIFFERS")}  {Name}: medians {TwoSamples.Median(Bare):f2} bare, "
        + $"{TwoSamples.Median(Hop):f2} one hop, {TwoSamples.Median(Node):f2} node ms; "
        + $"p {AgainstBare:g2} against bare, {AgainstHop:g2} against one hop (n={Node.Count})";

    private static double Distance(IReadOnlyList<double> a, IReadOnlyList<double> b) =>
        Math.Abs(TwoSamples.Median(a) - TwoSamples.Median(b));

    private const double Level = 0.001;
    private const double Allowance = 2.0;
}
