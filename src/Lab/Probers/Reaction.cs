namespace Karez.Lab.Probers;

/// <summary>What a server did with a probe.</summary>
/// <param name="Shape">What came back, without what is random in it, and how it ended.</param>
/// <param name="FirstMs">Milliseconds from the last octet sent to the first received; null when none was.</param>
/// <param name="EndMs">Milliseconds from the last octet sent to the server's end; null when it did not end.</param>
public sealed record Reaction(string Shape, double? FirstMs, double? EndMs)
{
    /// <summary>The shape of a visit that did not get there in time.</summary>
    public const string Unreached = "no connection (time)";

    /// <summary>Whether a visit of this shape got there.</summary>
    public static bool IsReached(string shape) => shape != Unreached;
}
