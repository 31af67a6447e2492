namespace Karez.Net.Resolve;

/// <summary>A resolver's limits; all are our choice.</summary>
public sealed record ResolverOptions
{
    /// <summary>The defaults.</summary>
    public static ResolverOptions Default { get; } = new();

    /// <summary>How long an answer is used. getaddrinfo does not tell the records' own time to live.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a failure is believed.</summary>
    public TimeSpan KeepFailure { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a caller waits.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Names remembered.</summary>
    public int MaxNames { get; init; } = 4096;

    /// <summary>Look-ups under way.</summary>
    public int MaxLookups { get; init; } = 256;

    /// <summary>Addresses taken of one answer.</summary>
    public int MaxAddresses { get; init; } = 16;

    /// <summary>Threads that wait for name servers.</summary>
    public int Threads { get; init; } = 16;
}
