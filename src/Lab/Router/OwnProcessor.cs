using Karez.Sys;

namespace Karez.Lab.Router;

/// <summary>
/// A processor that only the router's thread runs on: the rest of this process, and all that it starts from now on,
/// keeps to the others. The router is punctual then however much the browsers do, and they have one processor less.
/// </summary>
public sealed class OwnProcessor : IDisposable
{
    private readonly IReadOnlyList<int> _all;

    private OwnProcessor(IReadOnlyList<int> all) => _all = all;

    /// <summary>Its number.</summary>
    public int Number => _all[^1];

    /// <summary>Takes the last processor from everybody.</summary>
    /// <returns>Null on a machine with one.</returns>
    public static OwnProcessor? TryReserve()
    {
        var all = Processors.Of(0);
        if (all.Count < 2)
            return null;
        Processors.KeepAll([.. all.SkipLast(1)]);
        return new OwnProcessor(all);
    }

    /// <summary>Gives it back to this process; what runs already keeps to the others.</summary>
    public void Dispose() => Processors.KeepAll(_all);
}
