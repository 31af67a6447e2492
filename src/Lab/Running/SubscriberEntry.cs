namespace Karez.Lab.Running;

/// <summary>A synthetic subscriber.</summary>
/// <param name="Name">Synthetic, for example <c>sub07</c>.</param>
/// <param name="Address">The inner address, as captures at the carrier show it.</param>
/// <param name="PublicAddress">The address behind the translation.</param>
/// <param name="FirstPort">The first port of his block behind the translation.</param>
/// <param name="LastPort">The last.</param>
/// <param name="Access">The profile of his link: <c>4g</c>, <c>5g</c>, <c>wifi</c>.</param>
/// <param name="Tool">The tool that he uses; null for none.</param>
/// <param name="Twin">The index of who does the same without the tool, or of whom he is the twin.</param>
public sealed record SubscriberEntry(
    string Name,
    string Address,
    string PublicAddress,
    int FirstPort,
    int LastPort,
    string Access,
    string? Tool = null,
    int? Twin = null);
