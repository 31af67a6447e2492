namespace Karez.Server.State;

/// <summary>What a running node answers on its socket.</summary>
/// <param name="Version">The version of these words.</param>
/// <param name="Ok">Whether it did what was asked.</param>
/// <param name="What">What went wrong, if it did not.</param>
/// <param name="Status">Its status, if that was asked.</param>
public sealed record ControlAnswer(int Version, bool Ok, string? What = null, NodeStatus? Status = null);
