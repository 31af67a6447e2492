namespace Karez.Cli.Output;

/// <summary>What scripts get of <c>karez completion</c>.</summary>
/// <param name="Shell">Which shell.</param>
/// <param name="Script">What it has to source.</param>
internal sealed record CompletionAnswer(string Shell, string Script);
