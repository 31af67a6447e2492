namespace Karez.Lab.Router;

/// <summary>One packet at one place; valid only during the call that it is given to.</summary>
public readonly ref struct Passing
{
    /// <summary>What <see cref="Subscriber"/> is when none of them is at either end (probers, nodes' exits).</summary>
    public const int Nobody = -1;

    /// <summary>Where.</summary>
    public required Place Place { get; init; }

    /// <summary>Which way.</summary>
    public required Heading Heading { get; init; }

    /// <summary>The subscriber's index in the manifest, or <see cref="Nobody"/>; known at every place.</summary>
    public required int Subscriber { get; init; }

    /// <summary>
    /// When, since the run's start. It is the time at which the packet is due here by the links' model, not when the
    /// router's thread came to it.
    /// </summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The IP packet, from its header on, without link layer. IPv4 only for now.</summary>
    public required ReadOnlySpan<byte> Packet { get; init; }
}
