namespace Karez.Net.Relay;

/// <summary>How long a flow may be still.</summary>
/// <param name="Idle">Without an octet either way (our choice: 5 minutes, as most proxies).</param>
/// <param name="HalfClosed">The same, once one side has finished.</param>
public sealed record FlowLimits(TimeSpan Idle, TimeSpan HalfClosed)
{
    /// <summary>5 minutes, and 1 minute once one side has finished.</summary>
    public static FlowLimits Default { get; } = new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
}
