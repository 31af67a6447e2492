namespace Karez.Cli.Output;

/// <summary>A link explained, for scripts.</summary>
/// <param name="Link">The link as Karez writes it.</param>
/// <param name="Parts">Its parts and keys.</param>
/// <param name="Notes">What has no effect, or another one.</param>
internal sealed record LinkAnswer(string Link, IReadOnlyList<LinkPart> Parts, IReadOnlyList<string> Notes);
