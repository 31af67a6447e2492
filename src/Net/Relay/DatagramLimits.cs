namespace Karez.Net.Relay;

/// <summary>Bounds of UDP sessions; docs/protocols/datagrams.md has the reasons.</summary>
public sealed record DatagramLimits
{
    /// <summary>The defaults.</summary>
    public static DatagramLimits Default { get; } = new();

    /// <summary>Without a datagram either way a session ends.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sockets with a GlobalID that are kept at once.</summary>
    public int MaxKept { get; init; } = 4096;

    /// <summary>The same, of one person.</summary>
    public int MaxKeptByPerson { get; init; } = 256;
}
