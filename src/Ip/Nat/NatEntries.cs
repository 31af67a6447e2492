using Karez.Wire;

namespace Karez.Ip.Nat;

/// <summary>
/// Numbered entries in four lists, each from the longest unused to the latest: the free ones too, so that a number is
/// used again as late as can be. The array grows with use.
/// </summary>
internal sealed class NatEntries
{
    private readonly int _capacity;
    private readonly int[] _first = [-1, -1, -1, -1];
    private readonly int[] _last = [-1, -1, -1, -1];
    private NatEntry[] _entries;
    private int _used;

    public NatEntries(int capacity)
    {
        _capacity = capacity;
        _entries = new NatEntry[Math.Min(capacity, 256)];
    }

    /// <summary>Numbers that may be asked for.</summary>
    public int Capacity => _entries.Length;

    public bool HasFree => _used < _capacity || _first[(int)NatPhase.Free] >= 0;

    public ref NatEntry this[int number] => ref _entries[number];

    /// <summary>A number that is in no list; only while <see cref="HasFree"/>.</summary>
    public int Take()
    {
        if (_used < _capacity)
        {
            if (_used == _entries.Length)
                Array.Resize(ref _entries, Math.Min(_capacity, _used * 2));
            return _used++;
        }

        var number = _first[(int)NatPhase.Free];
        Unlink(number);
        return number;
    }

    /// <summary>The longest unused of a list; -1 when it is empty.</summary>
    public int Oldest(NatPhase phase) => _first[(int)phase];

    public void Move(int number, NatPhase phase, Instant now)
    {
        Unlink(number);
        Append(number, phase, now);
    }

    public void Free(int number)
    {
        Unlink(number);
        _entries[number].Key = default;
        Append(number, NatPhase.Free, default);
    }

    public void Append(int number, NatPhase phase, Instant now)
    {
        ref var entry = ref _entries[number];
        (entry.Phase, entry.LastSeen) = (phase, now);
        (entry.Before, entry.After) = (_last[(int)phase], -1);
        if (entry.Before >= 0)
            _entries[entry.Before].After = number;
        else
            _first[(int)phase] = number;
        _last[(int)phase] = number;
    }

    private void Unlink(int number)
    {
        ref var entry = ref _entries[number];
        if (entry.Before >= 0)
            _entries[entry.Before].After = entry.After;
        else
            _first[(int)entry.Phase] = entry.After;
        if (entry.After >= 0)
            _entries[entry.After].Before = entry.Before;
        else
            _last[(int)entry.Phase] = entry.Before;
    }
}
