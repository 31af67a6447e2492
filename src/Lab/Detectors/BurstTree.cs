namespace Karez.Lab.Detectors;

/// <summary>A decision tree over the octets of four bursts.</summary>
/// <param name="Nodes">The nodes; the first is the root.</param>
public sealed record BurstTree(IReadOnlyList<BurstTree.Node> Nodes)
{
    private const int Yes = -1;

    /// <summary>One question: is a burst at most this long?</summary>
    /// <param name="Burst">Which, 0 to 3.</param>
    /// <param name="AtMost">Octets.</param>
    /// <param name="Then">The node for yes; -1 "is one", -2 "is none".</param>
    /// <param name="Else">The node for no.</param>
    public readonly record struct Node(int Burst, int AtMost, int Then, int Else);

    /// <summary>The thresholds of OpenGFW's analyzer (analyzer/tcp/trojan.go), equal leaves joined.</summary>
    internal static BurstTree Published { get; } = new(
    [
        new(1, 2431, 1, 32), new(1, 157, 2, 11), new(0, 156, -2, 3), new(0, 892, 4, -2), new(2, 40, -2, 5),
        new(2, 788, 6, 9), new(3, 185, 7, 8), new(0, 411, -1, -2), new(1, 112, -2, -1), new(2, 1346, 10, -2),
        new(0, 418, -2, -1), new(0, 206, 12, 14), new(0, 185, -2, 13), new(1, 251, -1, -2), new(1, 286, 15, 23),
        new(0, 1123, 16, 20), new(2, 70, -2, 17), new(0, 659, 18, 19), new(2, 370, -1, -2), new(3, 272, -2, -1),
        new(3, 537, -2, 21), new(0, 1466, 22, -2), new(0, 1435, -2, -1), new(0, 284, 24, 29), new(0, 277, 25, 27),
        new(1, 726, -2, 26), new(1, 768, -1, -2), new(1, 782, 28, -2), new(3, 783, -1, -2), new(1, 492, 30, -2),
        new(1, 396, -2, 31), new(3, 971, -2, -1), new(1, 6232, 33, 52), new(2, 85, -2, 34), new(2, 220, 35, 39),
        new(3, 1173, 36, -2), new(0, 874, -1, 37), new(2, 108, -1, 38), new(1, 5383, -2, -1), new(0, 664, 40, 46),
        new(2, 411, 41, 44), new(2, 383, 42, 43), new(3, 346, -1, -2), new(0, 445, -1, -2), new(1, 3708, 45, -2),
        new(3, 307, -1, -2), new(0, 1055, 47, 50), new(2, 580, 48, 49), new(0, 724, -1, -2), new(0, 678, -2, -1),
        new(1, 5352, -2, 51), new(3, 2173, -1, -2), new(1, 9408, 53, 64), new(0, 670, 54, 56), new(3, 76, -1, 55),
        new(1, 9072, -2, -1), new(0, 795, 57, 61), new(1, 6334, 58, 59), new(1, 6288, -1, -2), new(3, 6404, -1, 60),
        new(1, 8924, -2, -1), new(2, 732, -2, 62), new(0, 2840, 63, -2), new(0, 2591, -2, -1), new(3, 30, -2, 65),
        new(1, 13314, 66, -2), new(3, 1786, 67, -2), new(1, 13018, -2, -1),
    ]);

    /// <summary>What the tree says of four bursts.</summary>
    public bool Matches(ReadOnlySpan<long> bursts)
    {
        var at = 0;
        while (at >= 0)
        {
            var node = Nodes[at];
            at = bursts[node.Burst] <= node.AtMost ? node.Then : node.Else;
        }

        return at == Yes;
    }
}
