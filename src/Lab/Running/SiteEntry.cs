namespace Karez.Lab.Running;

/// <summary>A name of the world.</summary>
/// <param name="Name">The host name.</param>
/// <param name="Address">What the resolvers answer.</param>
/// <param name="Foreign">Whether it is abroad.</param>
public sealed record SiteEntry(string Name, string Address, bool Foreign);
