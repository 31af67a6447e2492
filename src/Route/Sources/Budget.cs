namespace Karez.Route.Sources;

/// <summary>What a file may still have; our limits, so that a hostile one costs little.</summary>
internal struct Budget
{
    private int _entries;
    private int _lists;

    /// <summary>One more entry; false when there are too many.</summary>
    public bool TryTakeEntry() => ++_entries <= MaxEntries;

    /// <summary>More lists; false when there are too many.</summary>
    public bool TryTakeLists(int count) => (_lists += count) <= MaxLists;

    private const int MaxEntries = 1 << 23;
    private const int MaxLists = 65_535;
}
