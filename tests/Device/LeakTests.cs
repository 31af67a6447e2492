using Karez.Beds;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>
/// Ten thousand packets that try to get past the channel, through the whole life of a device, with a capture on the
/// outer link begun before the first rule.
/// </summary>
public class LeakTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task No_leak_from_start_to_disconnect()
    {
        await using var bed = await DeviceBed.StartAsync();
        using var attempts = new LeakAttempts(bed.Near, bed.Link, DeviceBed.NodeAt);
        var karez = bed.BeginConnecting();
        await DeviceBed.HearAsync(karez, "everything goes into");
        var place = bed.Wire.Count;
        await DuringAsync("connect", () => DeviceBed.HearAsync(karez, "connected"));
        await DuringAsync("connected", () => FetchAsync(bed));
        await DuringAsync("node down", async () =>
        {
            await DeviceBed.SignalAsync(bed.Node, "KILL");
            Assert.NotNull(await bed.FetchAsync(seconds: 3));
            await DeviceBed.HearAsync(karez, "reconnecting");
        });
        await DuringAsync("reconnect", async () =>
        {
            await bed.StartNodeAsync();
            await bed.StateIsAsync("connected", 30);
            await FetchAsync(bed);
        });
        await DuringAsync("address change", async () =>
        {
            bed.Move("10.9.0.1", "10.9.0.5");
            await DeviceBed.HearAsync(karez, "the network changed");
            await bed.StateIsAsync("connected");
            await FetchAsync(bed);
        });
        await DuringAsync("killed", async () =>
        {
            await DeviceBed.SignalAsync(karez, "KILL");
            await karez.WaitForExitAsync(default);
            Assert.NotNull(await bed.FetchAsync(seconds: 2));
        });
        await DuringAsync("resume", async () =>
        {
            karez = await bed.ConnectAsync();
            await FetchAsync(bed);
        });
        var closed = bed.Wire.Count;
        Assert.Equal(0, (await bed.KarezAsync("pause", "2s")).Code);
        attempts.Send(2);
        var paused = bed.Wire.Since(closed);
        Assert.Contains(paused, s => s.What == Sighting.Attempt); // the state allows it
        await bed.StateIsAsync("connected");
        place = bed.Wire.Count;
        await DuringAsync("after the pause", () => FetchAsync(bed));
        await DuringAsync("disconnect", async () =>
        {
            // Until the table is gone, which is the last thing; what comes after is another state.
            await FetchAsync(bed);
        });
        Assert.True(attempts.Tried >= 10_000, $"{attempts.Tried}");
        Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
        place = bed.Wire.Count;
        attempts.Send(1);
        Assert.Contains(bed.Wire.Since(place), s => s.What == Sighting.Attempt); // off: everything may leave
        Assert.Equal(0, bed.Wire.Stop());
        TestContext.Current.SendDiagnosticMessage($"{attempts.Tried} attempts, {attempts.Taken} taken by the kernel");

        async Task DuringAsync(string phase, Func<Task> action)
        {
            var attacking = Task.Run(() => attempts.Send(Rounds));
            await action();
            await attacking;
            Check(bed, place, phase);
        }
    }

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
                attempts.Send(Rounds);
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

    private static void Check(DeviceBed bed, int place, string phase)
    {
        var seen = bed.Wire.Since(place);
        var leaks = seen.Where(s => s.What is Sighting.Attempt or Sighting.Other).ToList();
        var names = seen.Count(s => s.What == Sighting.Dns);
        Assert.True(leaks.Count == 0, $"{phase}: {leaks.Count} of {seen.Count}: {Say(leaks)}");
        Assert.True(names == 0, $"{phase}: {names} questions for names");
        Assert.Contains(seen, s => s.What == Sighting.Channel); // the capture does see
    }

    private static string Say(List<(Sighting What, string Words)> leaks) =>
        string.Join('\n', leaks.Take(10).Select(s => $"{s.What} {s.Words}"));
}
