namespace Karez.Cli.Output;

/// <summary>A client that runs, for scripts.</summary>
/// <param name="Ok">True.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Node">The node.</param>
/// <param name="Profile">The browser that its hello is like.</param>
internal sealed record ConnectAnswer(bool Ok, string Listen, string Node, string Profile);
