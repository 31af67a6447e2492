namespace Karez.Lab.Engines;

/// <summary>What an engine said of a flow.</summary>
/// <param name="Flow">The flow: protocol and both ends in order, the same for every engine.</param>
/// <param name="Alert">The alert, risk or protocol verdict, in the engine's words.</param>
public sealed record EngineAlert(string Flow, string Alert);
