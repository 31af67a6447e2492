namespace Karez.Contracts;

/// <summary>What one person moved since the batch before.</summary>
/// <param name="Id">The person's VLESS id.</param>
/// <param name="Up">Octets from the person.</param>
/// <param name="Down">Octets to the person.</param>
public sealed record Usage(Guid Id, long Up, long Down);
