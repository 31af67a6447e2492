namespace Karez.Observe.Flows;

/// <summary>One TLS record of a flow.</summary>
/// <param name="Direction">Who sent it.</param>
/// <param name="Record">What its header shows.</param>
/// <param name="Nanoseconds">When its last octet was seen.</param>
public readonly record struct SeenRecord(Direction Direction, RecordSight Record, long Nanoseconds);
