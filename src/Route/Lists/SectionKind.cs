namespace Karez.Route.Lists;

/// <summary>What a section of a compiled file holds; the values are octets of it.</summary>
internal enum SectionKind
{
    Names = 1,
    Keywords = 2,
    Regexes = 3,
    IPv4 = 4,
    IPv6 = 5,
}
