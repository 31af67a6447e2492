using System.Numerics;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// Timers by the millisecond: eleven wheels of 64 slots, each slot of a wheel as long as the whole wheel below it.
/// Scheduling, moving and cancelling take constant time and allocate nothing.
/// </summary>
/// <remarks>
/// An entry sits in the wheel of the highest base-64 digit in which its deadline differs from the present. When the
/// present enters that slot, the slot's entries move down in their order, so entries fire in the order of their
/// deadlines, and those with the same deadline in the order in which they were scheduled.
/// </remarks>
public sealed class TimerWheel
{
    private readonly TimerEntry?[] _first = new TimerEntry?[Levels * Slots];
    private readonly TimerEntry?[] _last = new TimerEntry?[Levels * Slots];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _present;
    private long _earliest;

    /// <summary>Makes a wheel whose present is <paramref name="now"/>.</summary>
    public TimerWheel(Instant now) => _earliest = _present = now.Milliseconds;

    /// <summary>Entries that wait.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// No entry is due before this; <see cref="Instant.Never"/> when none waits. For entries far away it is
    /// earlier than their deadline: the moment at which they have to move down.
    /// </summary>
    public Instant NextWake => FindNext(out _, out _, out var start) ? new Instant(start) : Instant.Never;

    /// <summary>Schedules an entry, or moves it. A deadline in the past is due at the next advance.</summary>
    public void Schedule(TimerEntry entry, Instant deadline)
    {
        Cancel(entry);
        entry.Deadline = deadline;
        entry.Due = Math.Max(deadline.Milliseconds, _earliest);
        Insert(entry);
        Count++;
    }

    /// <summary>Takes an entry out; does nothing when it does not wait.</summary>
    public void Cancel(TimerEntry entry)
    {
        if (!entry.IsScheduled) return;
        Unlink(entry);
        entry.Deadline = Instant.Never;
        Count--;
    }

    /// <summary>
    /// Moves the present forward and fires what is due, in order. A fired entry may schedule others, and itself;
    /// those come at the next advance at the earliest, so that this one ends.
    /// </summary>
    public void Advance(Instant now)
    {
        _earliest = Math.Max(_present, now.Milliseconds) + 1;
        while (FindNext(out var level, out var slot, out var start) && start <= now.Milliseconds)
        {
            _present = Math.Max(_present, start);
            if (level == 0) Fire(slot, now);
            else MoveDown(level, slot);
        }

        _earliest = _present = Math.Max(_present, now.Milliseconds);
    }

    private void Fire(int slot, Instant now)
    {
        while (_first[slot] is { } entry)
        {
            Unlink(entry);
            entry.Deadline = Instant.Never;
            Count--;
            entry.OnTime(now);
        }
    }

    private void MoveDown(int level, int slot)
    {
        var index = (level * Slots) + slot;
        var entry = _first[index];
        _first[index] = _last[index] = null;
        _occupied[level] &= ~(1UL << slot);
        while (entry is not null)
        {
            var later = entry.Later;
            Insert(entry);
            entry = later;
        }
    }

    private void Insert(TimerEntry entry)
    {
        var due = entry.Due;
        var difference = (ulong)(due ^ _present);
        var level = difference == 0 ? 0 : BitOperations.Log2(difference) / DigitBits;
        var slot = (int)(due >> (level * DigitBits)) & (Slots - 1);
        var index = (level * Slots) + slot;
        entry.Level = level;
        entry.Slot = slot;
        entry.Later = null;
        entry.Earlier = _last[index];
        if (_last[index] is { } last) last.Later = entry;
        else _first[index] = entry;
        _last[index] = entry;
        _occupied[level] |= 1UL << slot;
    }

    private void Unlink(TimerEntry entry)
    {
        var index = (entry.Level * Slots) + entry.Slot;
        if (entry.Earlier is { } earlier) earlier.Later = entry.Later;
        else _first[index] = entry.Later;
        if (entry.Later is { } later) later.Earlier = entry.Earlier;
        else _last[index] = entry.Earlier;
        if (_first[index] is null) _occupied[entry.Level] &= ~(1UL << entry.Slot);
        entry.Earlier = entry.Later = null;
        entry.Level = -1;
    }

    /// <summary>The slot that comes first, and when it begins. Lower wheels always come before higher ones.</summary>
    private bool FindNext(out int level, out int slot, out long start)
    {
        for (level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0) continue;
            var shift = level * DigitBits;
            var digit = (int)(_present >> shift) & (Slots - 1);
            // No slot before the present's own is ever occupied, so the lowest bit is the next one.
            slot = BitOperations.TrailingZeroCount(_occupied[level]);
            start = ((_present >> shift) - digit + slot) << shift;
            return true;
        }

        slot = 0;
        start = 0;
        return false;
    }

    private const int DigitBits = 6;
    private const int Slots = 1 << DigitBits;
    private const int Levels = 11; // 66 bits: any deadline has its place
}
