namespace Karez.Proxy.Mux;

/// <summary>What all sessions of one stream may promise to hold: the sum of their windows.</summary>
/// <param name="limit">Octets; first windows are given even beyond it.</param>
public sealed class MuxBudget(long limit = MuxBudget.Default)
{
    /// <summary>Octets promised now.</summary>
    public long Promised { get; private set; }

    /// <summary>A session's first window.</summary>
    public void Add(int octets) => Promised += octets;

    /// <summary>A window grows; false when that would be too much.</summary>
    public bool TryAdd(int octets)
    {
        if (Promised + octets > limit)
            return false;
        Promised += octets;
        return true;
    }

    /// <summary>A session is over.</summary>
    public void Remove(int octets) => Promised -= octets;

    /// <summary>32 MiB (our choice): 256 sessions of half a minimum, or 32 of the largest.</summary>
    public const long Default = 32 << 20;
}
