namespace Karez.Route;

/// <summary>How a pattern holds for a name. The first two values are octets of the compiled form.</summary>
[Flags]
public enum NameKinds
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>For the name alone.</summary>
    Full = 1,

    /// <summary>For the name and every name below it.</summary>
    Suffix = 2,

    /// <summary>For every name with these letters in it.</summary>
    Keyword = 4,

    /// <summary>For every name that the expression is found in.</summary>
    Regex = 8,
}
