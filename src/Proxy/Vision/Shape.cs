using System.Collections.Immutable;

namespace Karez.Proxy.Vision;

/// <summary>How the frames of each side are cut and padded, as data; see docs/decisions/shape.md.</summary>
/// <param name="Client">The client's frames in order; the last step repeats. At least one.</param>
/// <param name="Server">The server's.</param>
/// <param name="PadsOnlyTls">Pad to a total only once the flow is known to be TLS.</param>
/// <param name="OpeningRecord">
/// Exact length, header included, of the client's first record, which carries the front of the VLESS request and no
/// frame;
/// 0: the request stands in front of the first frame.
/// </param>
public sealed record Shape(
    ImmutableArray<ShapeStep> Client, ImmutableArray<ShapeStep> Server, bool PadsOnlyTls, int OpeningRecord)
{
    private const int RecordOverhead = 22;
    private static readonly ShapeStep PublishedStep = new(4096, 7900, 900, 900, 1399, 255);

    /// <summary>The published lengths 900, 500, 900, 256.</summary>
    public static Shape Published { get; } = new([PublishedStep], [PublishedStep], PadsOnlyTls: true, OpeningRecord: 0);

    /// <summary>First records like those of a browser that opens an HTTP/2 connection and asks for something.</summary>
    public static Shape Default { get; } = new(
        [
            new ShapeStep(441, 519, 441, 441, 519, 0),
            new ShapeStep(4096, 7900, 98, 98, 172, 60),
        ],
        [
            new ShapeStep(120, 260, 120, 120, 420, 90),
            new ShapeStep(4096, 7900, 250, 40, 400, 255),
        ],
        PadsOnlyTls: false,
        OpeningRecord: 92);

    /// <summary>
    /// How many octets of a VLESS request go into the opening record; the rest stands before the first frame.
    /// </summary>
    /// <param name="requestLength">Octets of the whole request.</param>
    public int OpeningLength(int requestLength) => Math.Clamp(OpeningRecord - RecordOverhead, 0, requestLength);

    internal ShapeStep StepFor(VisionSide side, int frame)
    {
        var steps = side == VisionSide.Client ? Client : Server;
        return steps[Math.Min(frame, steps.Length - 1)];
    }
}
