namespace Karez.Contracts;

/// <summary>Someone a node serves. Short id and id belong together: one without the other opens nothing.</summary>
/// <param name="Name">What the operator calls the person; unique in a roster without regard to case.</param>
/// <param name="Id">The VLESS id.</param>
/// <param name="ShortId">The REALITY short id, 16 hexadecimal digits in lower case; unique in a roster.</param>
/// <param name="Created">When the person was invited.</param>
/// <param name="Flow"><see cref="VisionFlow"/>, or empty for plain VLESS.</param>
/// <param name="MaxOctetsPerSecond">Bounds each direction of all the person's flows together; 0 for none.</param>
public sealed record Person(
    string Name,
    Guid Id,
    string ShortId,
    DateTimeOffset Created,
    string Flow = Person.VisionFlow,
    long MaxOctetsPerSecond = 0)
{
    /// <summary>The flow of accounts that use Vision.</summary>
    public const string VisionFlow = "xtls-rprx-vision";

    /// <summary>The name, never the ids.</summary>
    public override string ToString() => Name;
}
