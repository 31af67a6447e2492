using Karez.Lab.Detectors;

namespace Karez.Lab.Censors;

/// <summary>What a firewall does when a detector finds something.</summary>
/// <param name="Name">The detector's name, and the censor's.</param>
/// <param name="Detector">Makes the detector.</param>
/// <param name="Resets">The forged resets; none for a firewall that drops.</param>
/// <param name="ToServer">Whether the server gets resets, too.</param>
/// <param name="Payload">What the resets carry.</param>
/// <param name="Latency">Until the reset or the block; least, mean, most, in milliseconds.</param>
/// <param name="Scope">What is blocked afterwards.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Drops">Whether the packet itself is dropped.</param>
/// <param name="Freezes">Whether the flow is frozen.</param>
/// <param name="Share">The share of findings that it acts on, at an hour of the day.</param>
public sealed record CensorRule(
    string Name,
    Func<IDetector> Detector,
    IReadOnlyList<ResetShape> Resets,
    bool ToServer,
    ReadOnlyMemory<byte> Payload,
    (double Least, double Mean, double Most) Latency,
    BlockScope Scope,
    int Seconds,
    bool Drops = false,
    bool Freezes = false,
    Func<double, double>? Share = null);
