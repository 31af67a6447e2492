namespace Karez.Net.Loops;

/// <summary>
/// What is watched, by number. The 64 bits of an event hold the number and its generation, so that an event for a
/// descriptor that was closed meanwhile finds nobody.
/// </summary>
internal sealed class PollTable
{
    private Entry[] _entries = new Entry[64];
    private int _used;
    private int _free = -1;

    internal int Count { get; private set; }

    internal ulong Add(IPollable pollable)
    {
        int index;
        if (_free >= 0)
        {
            index = _free;
            _free = _entries[index].NextFree;
        }
        else
        {
            if (_used == _entries.Length) Array.Resize(ref _entries, _used * 2);
            index = _used++;
        }

        ref var entry = ref _entries[index];
        entry.Pollable = pollable;
        Count++;
        return ((ulong)entry.Generation << 32) | (uint)index;
    }

    internal void Remove(ulong key)
    {
        if (Find(key) is null) return;
        var index = (int)(uint)key;
        ref var entry = ref _entries[index];
        entry.Pollable = null;
        entry.Generation++;
        entry.NextFree = _free;
        _free = index;
        Count--;
    }

    internal IPollable? Find(ulong key)
    {
        var index = (uint)key;
        if (index >= (uint)_used) return null;
        ref var entry = ref _entries[index];
        return entry.Generation == (uint)(key >> 32) ? entry.Pollable : null;
    }

    internal IPollable[] All() => [.. _entries.Take(_used).Select(e => e.Pollable).OfType<IPollable>()];

    private struct Entry
    {
        internal IPollable? Pollable;
        internal uint Generation;
        internal int NextFree;
    }
}
