namespace Karez.Cli.Output;

/// <summary>A client that runs, for scripts.</summary>
/// <param name="Ok">True.</param>
/// <param name="Listen">Where it listens; null for a device without a port.</param>
/// <param name="Node">The node.</param>
/// <param name="Profile">The browser that its hello is like.</param>
/// <param name="Device">The interface that carries the whole machine; null without one.</param>
internal sealed record ConnectAnswer(bool Ok, string? Listen, string Node, string Profile, string? Device = null);
