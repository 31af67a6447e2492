using System.Collections.Immutable;

namespace Karez.Proxy.Vision;

/// <summary>How the frames of each side are cut and padded, as data; see docs/decisions/shape.md.</summary>
/// <param name="Client">The client's frames in order; the last step repeats. At least one.</param>
/// <param name="Server">The server's.</param>
/// <param name="PadsOnlyTls">Pad to a total only once the flow is known to be TLS.</param>
public sealed record Shape(ImmutableArray<ShapeStep> Client, ImmutableArray<ShapeStep> Server, bool PadsOnlyTls)
{
    private static readonly ShapeStep PublishedStep = new(4096, 7900, 900, 900, 1399, 255);

    /// <summary>The published lengths 900, 500, 900, 256.</summary>
    public static Shape Published { get; } = new([PublishedStep], [PublishedStep], PadsOnlyTls: true);

    /// <summary>No constant length in the first flights, and first records of a size that browsers send.</summary>
    public static Shape Default { get; } = new(
        [
            new ShapeStep(8, 56, 8, 8, 56, 0),
            new ShapeStep(280, 620, 200, 60, 420, 40),
            new ShapeStep(280, 620, 200, 60, 420, 40),
            new ShapeStep(4096, 7900, 300, 60, 420, 120),
        ],
        [
            new ShapeStep(1240, 2200, 900, 150, 900, 90),
            new ShapeStep(300, 900, 250, 40, 400, 60),
            new ShapeStep(900, 2400, 250, 40, 400, 90),
            new ShapeStep(3000, 6000, 250, 40, 400, 255),
            new ShapeStep(4096, 7900, 250, 40, 400, 255),
        ],
        PadsOnlyTls: false);

    internal ShapeStep StepFor(VisionSide side, int frame)
    {
        var steps = side == VisionSide.Client ? Client : Server;
        return steps[Math.Min(frame, steps.Length - 1)];
    }
}
