namespace Karez.Net.Resolve;

/// <summary>What became of a look-up.</summary>
public enum ResolveStatus
{
    /// <summary>There are addresses.</summary>
    Found,

    /// <summary>There is no such name, or it has no address.</summary>
    NotFound,

    /// <summary>The name servers do not answer as they should.</summary>
    Failed,

    /// <summary>It takes too long.</summary>
    TimedOut,

    /// <summary>Too many look-ups are under way.</summary>
    Busy,
}
