using Karez.Lab.Detectors;

namespace Karez.Lab.Findings;

/// <summary>A flow of a run: its row in the carrier's log, and what detectors found in it.</summary>
internal sealed record SeenFlow
{
    /// <summary>The row.</summary>
    public required FlowRecord Record { get; init; }

    /// <summary>The tool whose server it goes to; null for none.</summary>
    public required string? Tool { get; init; }

    /// <summary>The session during which it began, by the manifest's index; -1 before the first.</summary>
    public required int Session { get; init; }

    /// <summary>What can be measured of it as TLS; empty where there was no handshake.</summary>
    public required IReadOnlyDictionary<string, double> Features { get; init; }

    /// <summary>Its first packets, for learners: see <see cref="PacketTrace"/>.</summary>
    public required float[] Trace { get; init; }

    /// <summary>What was found.</summary>
    public List<Evidence> Evidence { get; } = [];

    /// <summary>Whether it only asked the carrier's resolver.</summary>
    public bool IsQuestion => Record.Flow.ServerPort == 53;
}
