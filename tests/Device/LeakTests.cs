using Karez.Beds;
using Karez.Guard.Switch;
using Karez.Sys;
using Karez.Tests.Leaks;
using Seen = System.Collections.Generic.IReadOnlyList<(Karez.Tests.Leaks.Sighting What, string Words)>;

namespace Karez.Device.Tests;

/// <summary>
/// Ten thousand packets that try to get past the channel, through the whole life of a device, with a capture on the
/// outer link begun before the first rule.
/// </summary>
public class LeakTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task No_leak_from_before_the_first_rule_to_after_the_last()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        var counts = new List<string>();
        var karez = bed.BeginConnecting();
        // From the attempt before which the first rule stood, which is looked at after each.
        await Task.Run(() => attempts.SendUntil(TableStands));
        var mark = bed.Wire.Mark(bed.Near);
        Assert.Contains(bed.Wire.Between(0, mark), s => s.What == Sighting.Attempt); // until then they left
        await DuringAsync("start", Closed, async () =>
        {
            // It is held still again and again until it is there, and runs a little longer each time.
            for (var run = 1; !karez.Printed.Contains("everything goes into", StringComparison.Ordinal); run += 3)
            {
                await DeviceBed.SignalAsync(karez, "STOP");
                attempts.Send(5);
                await DeviceBed.SignalAsync(karez, "CONT");
                await Task.Delay(run, TestContext.Current.CancellationToken);
            }
        });
        await DuringAsync("connect", Closed, () => Attacked(() => DeviceBed.HearAsync(karez, "connected")));
        await DuringAsync("connected", Closed, () => Attacked(() => FetchAsync(bed)));
        await DuringAsync("node down", Closed, () => Attacked(async () =>
        {
            await DeviceBed.SignalAsync(bed.Node, "KILL");
            Assert.NotNull(await bed.FetchAsync(seconds: 3));
            await DeviceBed.HearAsync(karez, "reconnecting");
        }));
        await DuringAsync("reconnect", Closed, () => Attacked(async () =>
        {
            await bed.StartNodeAsync();
            await bed.StateIsAsync("connected", 30);
            await FetchAsync(bed);
        }));
        await DuringAsync("address change", Closed, () => Attacked(async () =>
        {
            bed.Move("10.9.0.1", "10.9.0.5");
            await DeviceBed.HearAsync(karez, "the network changed");
            await bed.StateIsAsync("connected");
            await FetchAsync(bed);
        }));
        await DuringAsync("killed", Closed, () => Attacked(async () =>
        {
            await DeviceBed.SignalAsync(karez, "KILL");
            await karez.WaitForExitAsync(default);
            Assert.NotNull(await bed.FetchAsync(seconds: 2));
        }));
        await DuringAsync("started again", Closed, () => Attacked(async () =>
        {
            karez = await bed.ConnectAsync();
            await FetchAsync(bed);
        }));
        await DuringAsync("pausing", ClosedButForTheLast, async () =>
        {
            var open = Task.Run(() => attempts.SendUntil(() => !IsClosed()));
            Assert.Equal(0, (await bed.KarezAsync("pause", "5s")).Code);
            await open;
        });
        await DuringAsync("paused", Open, async () =>
        {
            await DeviceBed.SignalAsync(karez, "STOP"); // the kernel alone closes it
            await Task.Run(() => attempts.SendUntil(IsClosed));
        });
        await DuringAsync("resume", Closed, () => Attacked(async () =>
        {
            await DeviceBed.SignalAsync(karez, "CONT");
            await bed.StateIsAsync("connected");
        }));
        await DuringAsync("disconnect", ClosedButForTheLast, async () =>
        {
            var gone = Task.Run(() => attempts.SendUntil(() => !TableStands()));
            Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
            await gone;
        });
        attempts.Send(1);
        Assert.Contains(bed.Wire.Since(mark), s => s.What == Sighting.Attempt); // off: everything may leave
        Assert.True(attempts.Tried >= 10_000, $"{attempts.Tried}");
        Assert.Equal(0, bed.Wire.Stop());
        TestContext.Current.SendDiagnosticMessage(
            $"{attempts.Tried} attempts, {attempts.Taken} taken by the kernel: {string.Join(", ", counts)}");

        // What leaves while something happens lies between two marks.
        async Task DuringAsync(string phase, Action<Seen, string> check, Func<Task> action)
        {
            var before = attempts.Tried;
            await action();
            counts.Add($"{phase} {attempts.Tried - before}");
            Assert.True(attempts.Tried - before > 100, counts[^1]);
            var (from, to) = (mark + 1, bed.Wire.Mark(bed.Near));
            check(bed.Wire.Between(from, to), phase);
            mark = to;
        }

        async Task Attacked(Func<Task> action)
        {
            var attacking = Task.Run(() => attempts.Send(Rounds));
            await action();
            await attacking;
        }
    }

    private static void Closed(Seen seen, string phase)
    {
        Assert.True(OuterWire.Names(seen) == 0, $"{phase}: {OuterWire.Names(seen)} questions for names");
        var leaks = seen.Where(s => s.What is Sighting.Attempt or Sighting.Other).ToList();
        Assert.True(leaks.Count == 0, $"{phase}: {leaks.Count} of {seen.Count}: {Say(leaks)}");
    }

    /// <summary>
    /// The last attempt may have come after the kernel let it pass; all before were looked after. One of TCP that got
    /// through was answered, and is several packets then.
    /// </summary>
    private static void ClosedButForTheLast(Seen seen, string phase)
    {
        var leaks = seen.Where(s => s.What is Sighting.Attempt or Sighting.Dns).ToList();
        var attempts = leaks.Select(s => OuterWire.FlowOf(s.Words)).Distinct().Count();
        Assert.True(attempts <= 1, $"{phase}: {attempts} attempts of {seen.Count} packets: {Say(leaks)}");
    }

    /// <summary>The state allows whatever has no mark.</summary>
    private static void Open(Seen seen, string phase)
    {
        Assert.True(OuterWire.Names(seen) > 0, phase);
        var foreign = Convert.ToHexString(LeakAttempts.Foreign);
        var leaks = seen.Where(s => s.Words.Contains(foreign, StringComparison.Ordinal)).ToList();
        Assert.True(leaks.Count == 0, $"{phase}: {leaks.Count} of {seen.Count}: {Say(leaks)}");
    }

    /// <summary>On a thread within the machine: whether the kill switch is there.</summary>
    private static bool TableStands() => Nftables.TryRun(SwitchTable.List, out _);

    /// <summary>On a thread within the machine: whether a pause is over, which the kernel ends.</summary>
    private static bool IsClosed() =>
        Nftables.TryRun(SwitchTable.Opened, out var answer) && SwitchTable.ReadOpened(answer) == TimeSpan.Zero;

    [Fact]
    public async Task No_leak_while_things_are_being_undone()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        var (stops, phases) = (0, new List<string>());
        while (attempts.Tried < 10_000)
        {
            Assert.True(stops < 20, $"{attempts.Tried} attempts in {stops} stops");
            using var karez = await bed.ConnectAsync();
            await FetchAsync(bed);
            await DeviceBed.SignalAsync(karez, "TERM");
            // Stopping takes a moment; it is held still again and again, and looked at from outside. It runs a little
            // longer each time: being held still begins its waits anew.
            stops++;
            for (var run = 1; await FreezeAsync(bed, karez, run); run += 3)
            {
                var place = bed.Wire.Count;
                attempts.Send(20);
                var seen = bed.Wire.Since(place);
                Assert.True(
                    seen.All(s => s.What is Sighting.Arp or Sighting.Neighbour or Sighting.Channel),
                    Say([.. seen.Where(s => s.What is not (Sighting.Arp or Sighting.Neighbour or Sighting.Channel))]));
                var (_, left) = await bed.RunAsync(
                    "sh", "-c", "ip rule | grep -c ^9; ip -br link show karez0 2> /dev/null | wc -l");
                phases.Add(left.ReplaceLineEndings(" ").Trim()); // rules, interfaces
                await DeviceBed.SignalAsync(karez, "CONT");
            }

            await DeviceBed.SignalAsync(karez, "CONT");
            Assert.Equal(0, await karez.WaitForExitAsync(default));
        }

        var after = bed.Wire.Count;
        attempts.Send(1);
        Assert.Contains(bed.Wire.Since(after), s => s.What == Sighting.Attempt); // off: everything may leave
        Assert.Equal(0, bed.Wire.Stop());
        TestContext.Current.SendDiagnosticMessage(
            $"{attempts.Tried} attempts at {phases.Count} moments of {stops} stops; rules and interfaces then: "
            + string.Join(", ", phases.Distinct()));
    }

    /// <summary>Lets it run and holds it still; false when the table is gone, which is the last thing.</summary>
    private static async Task<bool> FreezeAsync(DeviceBed bed, MachineProcess karez, int milliseconds)
    {
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        await DeviceBed.SignalAsync(karez, "STOP");
        return (await bed.RunAsync("nft", "list", "table", "inet", "karez")).Code == 0;
    }

    [Fact]
    public async Task With_the_kill_switch_off_the_same_attempts_leak()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        using var karez = await bed.ConnectAsync("--kill-switch", "off");
        var place = bed.Wire.Count;
        attempts.Send(2);
        Assert.Contains(bed.Wire.Since(place), s => s.What == Sighting.Attempt);
        await DeviceBed.SignalAsync(karez, "KILL");
        await karez.WaitForExitAsync(default);
        place = bed.Wire.Count;
        attempts.Send(2);
        Assert.True(bed.Wire.Since(place).Count(s => s.What == Sighting.Attempt) > 20);
    }

    [Fact]
    public async Task No_leak_of_names_whoever_is_asked_for_them()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var karez = await bed.ConnectAsync();
        var place = bed.Wire.Count;
        foreach (var server in (string[])["198.51.100.53", "10.9.0.2", "192.0.2.1"])
        {
            var (code, printed) = await bed.RunAsync(
                "dig", "+short", "+tries=1", "+time=3", $"@{server}", "origin.example.com");
            Assert.True(code == 0 && printed.StartsWith("198.1", StringComparison.Ordinal), $"{server}: {printed}");
            (code, printed) = await bed.RunAsync(
                "dig", "+tcp", "+short", "+tries=1", "+time=3", $"@{server}", "origin.example.com");
            Assert.True(code == 0 && printed.StartsWith("198.1", StringComparison.Ordinal), $"{server}: {printed}");
        }

        Assert.DoesNotContain(bed.Wire.Since(place), s => s.What == Sighting.Dns);
    }

    private static async Task FetchAsync(DeviceBed bed) => Assert.Null(await bed.FetchAsync(20_000));

    private static string Say(List<(Sighting What, string Words)> leaks) =>
        string.Join('\n', leaks.Take(10).Select(s => $"{s.What} {s.Words}"));
}
