namespace Karez.Route;

/// <summary>Why a file of rules cannot be used.</summary>
public enum RouteFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>It has nothing in it that is a rule.</summary>
    Empty,

    /// <summary>It is longer than <see cref="Sources.RouteSource.MaxLength"/>.</summary>
    TooLong,

    /// <summary>It has more entries, lists, or nodes than our limits.</summary>
    TooMany,

    /// <summary>Something in it leaves its bounds.</summary>
    Malformed,

    /// <summary>Its names were made to collide.</summary>
    Crowded,
}
