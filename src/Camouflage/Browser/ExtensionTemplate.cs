namespace Karez.Camouflage.Browser;

/// <summary>One compiled extension.</summary>
/// <param name="Type">Writes its type: one literal of two octets, or one GREASE value.</param>
/// <param name="Body">Writes its content.</param>
/// <param name="Place">Whether it takes part in the permutation.</param>
/// <param name="When">What a hello must have for it.</param>
internal sealed record ExtensionTemplate(TemplateOp Type, TemplateOp[] Body, ExtensionPlace Place, ExtensionNeed When);
