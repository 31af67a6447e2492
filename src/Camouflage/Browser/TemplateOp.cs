namespace Karez.Camouflage.Browser;

/// <summary>One compiled word of a template (docs/protocols/browser.md).</summary>
/// <param name="Kind">What to write.</param>
/// <param name="Choices">The octets of a literal, or the alternatives of a choice.</param>
/// <param name="Numbers">GREASE slot, share group, lengths; by kind.</param>
internal sealed record TemplateOp(TemplateOpKind Kind, byte[][] Choices, int[] Numbers);

/// <summary>What a template's word writes.</summary>
internal enum TemplateOpKind
{
    Literal,
    Open8,
    Open16,
    Open24,
    Close,
    Grease,
    Random,
    OneOf,
    Name,
    Alpn,
    Share,
    PublicKey,
}
