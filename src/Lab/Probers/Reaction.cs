namespace Karez.Lab.Probers;

/// <summary>What a server did with a probe.</summary>
/// <param name="Shape">What came back, without what is random in it, and how it ended.</param>
/// <param name="FirstMs">Milliseconds from the last octet sent to the first received; null when none was.</param>
/// <param name="EndMs">Milliseconds from the last octet sent to the server's end; null when it did not end.</param>
public sealed record Reaction(string Shape, double? FirstMs, double? EndMs);
