namespace Karez.Cli.Output;

/// <summary>A node that runs, for scripts.</summary>
/// <param name="Ok">True.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Target">The borrowed site.</param>
/// <param name="Link">The first person's link; only at the first start.</param>
internal sealed record ServeAnswer(bool Ok, string Listen, string Target, string? Link);
