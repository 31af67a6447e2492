using Karez.Wire;

namespace Karez.Proxy.Vision;

/// <summary>How one frame is cut and padded; all lengths in octets, ranges inclusive.</summary>
/// <param name="MinContent">The frame takes at most a length drawn from here, at least 6, ...</param>
/// <param name="MaxContent">... to here.</param>
/// <param name="PadBelow">Content shorter than this is padded to a drawn total.</param>
/// <param name="MinTotal">The least total (content and padding).</param>
/// <param name="MaxTotal">The largest total.</param>
/// <param name="MaxSlack">Content of <paramref name="PadBelow"/> or more gets 0 to so many octets of padding.</param>
public readonly record struct ShapeStep(
    int MinContent, int MaxContent, int PadBelow, int MinTotal, int MaxTotal, int MaxSlack)
{
    internal int DrawContent(IEntropy entropy) => Draw(entropy, MinContent, MaxContent);

    internal int DrawPadding(IEntropy entropy, int content, bool toTotal) => toTotal && content < PadBelow
        ? Draw(entropy, Math.Max(content, MinTotal), MaxTotal) - content
        : Draw(entropy, 0, MaxSlack);

    private static int Draw(IEntropy entropy, int least, int most) =>
        most <= least ? least : least + entropy.Below(most - least + 1);
}
