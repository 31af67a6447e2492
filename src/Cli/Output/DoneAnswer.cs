namespace Karez.Cli.Output;

/// <summary>What scripts get when a command changed something.</summary>
/// <param name="Ok">True.</param>
/// <param name="Running">Whether a running node was told and has read it.</param>
internal sealed record DoneAnswer(bool Ok, bool Running);
