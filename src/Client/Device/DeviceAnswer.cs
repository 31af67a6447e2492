namespace Karez.Client.Device;

/// <summary>What a running device answers over its socket.</summary>
/// <param name="Ok">Whether it was done.</param>
/// <param name="What">What went wrong, else null.</param>
/// <param name="Status">How it is.</param>
public sealed record DeviceAnswer(bool Ok, string? What = null, DeviceStatus? Status = null);
