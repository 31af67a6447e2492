namespace Karez.Lab.Router;

/// <summary>Seeds for the parts of a run, out of the run's seed and the part's name.</summary>
public static class Seeds
{
    /// <summary>FNV-1a over the seed's octets and the name's; the same on every machine.</summary>
    public static int Of(int seed, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        const uint Prime = 16777619;
        var hash = 2166136261u;
        for (var i = 0; i < 4; i++)
            hash = unchecked((hash ^ (byte)(seed >> (8 * i))) * Prime);
        foreach (var letter in name)
            hash = unchecked((hash ^ letter) * Prime);
        return (int)(hash & int.MaxValue);
    }
}
