namespace Karez.Lab.Router;

/// <summary>What became of packets.</summary>
public sealed class RouterCounts
{
    /// <summary>Left on time or late.</summary>
    public long Forwarded { get; internal set; }

    /// <summary>Lost because a link's model says so, its queue included.</summary>
    public long LostByModel { get; internal set; }

    /// <summary>Dropped or frozen by a censor, or a line was cut.</summary>
    public long Censored { get; internal set; }

    /// <summary>Forged.</summary>
    public long Injected { get; internal set; }

    /// <summary>Nobody has the address.</summary>
    public long Unroutable { get; internal set; }

    /// <summary>Not translatable: no mapping, a fragment, another protocol.</summary>
    public long Untranslated { get; internal set; }

    /// <summary>Not IPv4, or from an address that the machine does not have.</summary>
    public long Refused { get; internal set; }

    /// <summary>Lost because too many were on their way; 0, or the run is wrong.</summary>
    public long NoRoom { get; internal set; }
}
