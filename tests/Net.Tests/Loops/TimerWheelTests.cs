using CsCheck;
using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Tests.Loops;

public class TimerWheelTests
{
    private enum Act
    {
        Schedule,
        Move,
        Cancel,
        Advance,
    }

    [Fact]
    public void Fires_as_a_sorted_list_would()
    {
        var span = Gen.OneOf(Gen.Long[0, 10], Gen.Long[0, 200], Gen.Long[0, 10_000], Gen.Long[0, 100_000_000_000]);
        var act = Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 1000], span);
        Gen.Select(Gen.Long[0, 1L << 50], act.Array[1, 200]).Sample(
            (start, acts) => Check(start, acts), iter: 3000);
    }

    private static void Check(long start, (Act Act, int Pick, long Span)[] acts)
    {
        var wheel = new TimerWheel(new Instant(start));
        var fired = new List<int>();
        var entries = new List<Entry>();
        var model = new List<(long Due, int Order, int Id)>();
        var now = start;
        var order = 0;
        foreach (var (act, pick, span) in acts)
        {
            switch (act)
            {
                case Act.Schedule:
                    entries.Add(new Entry(entries.Count, fired));
                    Schedule(entries[^1], now + span);
                    break;
                case Act.Move when entries.Count > 0:
                    Schedule(entries[pick % entries.Count], now + span - 3);
                    break;
                case Act.Cancel when entries.Count > 0:
                    var cancelled = entries[pick % entries.Count];
                    wheel.Cancel(cancelled);
                    model.RemoveAll(m => m.Id == cancelled.Id);
                    break;
                case Act.Advance:
                    now += span;
                    var due = model.Where(m => m.Due <= now).OrderBy(m => m.Due).ThenBy(m => m.Order).ToList();
                    model.RemoveAll(m => m.Due <= now);
                    fired.Clear();
                    wheel.Advance(new Instant(now));
                    Assert.Equal(due.Select(m => m.Id), fired);
                    break;
            }

            Assert.Equal(model.Count, wheel.Count);
            var wake = wheel.NextWake;
            if (model.Count == 0) Assert.Equal(Instant.Never, wake);
            else Assert.InRange(wake.Milliseconds, now, model.Min(m => m.Due));
        }

        void Schedule(Entry entry, long deadline)
        {
            wheel.Schedule(entry, new Instant(deadline));
            model.RemoveAll(m => m.Id == entry.Id);
            model.Add((Math.Max(deadline, now), order++, entry.Id));
        }
    }

    [Fact]
    public void An_entry_that_schedules_itself_for_the_past_does_not_hold_the_wheel()
    {
        var wheel = new TimerWheel(new Instant(1000));
        var entry = new Again(wheel);
        wheel.Schedule(entry, new Instant(1001));
        wheel.Advance(new Instant(70_000));
        Assert.Equal(1, entry.Times);
        wheel.Advance(new Instant(70_001));
        Assert.Equal(2, entry.Times);
    }

    [Fact]
    public void Never_waits_for_ever()
    {
        var wheel = new TimerWheel(new Instant(5));
        wheel.Schedule(new Entry(0, []), Instant.Never);
        wheel.Advance(new Instant(1L << 60));
        Assert.Equal(1, wheel.Count);
    }

    private sealed class Entry(int id, List<int> fired) : TimerEntry
    {
        internal int Id => id;

        protected internal override void OnTime(Instant now) => fired.Add(id);
    }

    private sealed class Again(TimerWheel wheel) : TimerEntry
    {
        internal int Times { get; private set; }

        protected internal override void OnTime(Instant now)
        {
            Times++;
            wheel.Schedule(this, new Instant(0));
        }
    }
}
