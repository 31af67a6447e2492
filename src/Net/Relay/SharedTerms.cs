namespace Karez.Net.Relay;

/// <summary>What a sub-flow of a shared connection is told and asks about its plain side.</summary>
public sealed record SharedTerms
{
    /// <summary>Told of octets as they pass: out of the stream, into it.</summary>
    public Action<int, int>? Moved { get; init; }

    /// <summary>A bound for what comes out of the stream.</summary>
    public RateLimit? OutOfRate { get; init; }

    /// <summary>A bound for what goes into it.</summary>
    public RateLimit? IntoRate { get; init; }

    /// <summary>
    /// Asked when the plain side has finished: whether that was a break, which its socket cannot say.
    /// </summary>
    public Func<bool>? IsBroken { get; init; }
}
