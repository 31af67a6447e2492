using Karez.Config;

namespace Karez.Cli.Output;

/// <summary>What scripts get when a command failed.</summary>
/// <param name="Ok">False.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record FailureAnswer(bool Ok, IReadOnlyList<Problem> Problems);
