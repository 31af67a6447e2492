namespace Karez.Cli.Output;

/// <summary>One part or key of a link.</summary>
/// <param name="Key">Its name in the link.</param>
/// <param name="Value">What the link says.</param>
/// <param name="Meaning">What that means.</param>
internal sealed record LinkPart(string Key, string Value, string Meaning);
