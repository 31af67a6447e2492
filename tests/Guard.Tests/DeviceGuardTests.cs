using System.Diagnostics;
using Karez.Guard.Switch;
using Karez.Guard.Undo;

namespace Karez.Guard.Tests;

/// <summary>What a guard does to a machine, and that it is undone.</summary>
public sealed class DeviceGuardTests : IDisposable
{
    private readonly GuardBed _bed;

    public DeviceGuardTests()
    {
        Assert.SkipWhen(GuardBed.WhyNot is not null, GuardBed.WhyNot ?? "");
        _bed = new GuardBed();
    }

    public void Dispose() => _bed?.Dispose();

    [Fact]
    public async Task Everything_is_as_it_was_after_an_orderly_end()
    {
        var before = await _bed.SnapshotAsync();
        var guard = _bed.Begin();
        _bed.Attach(guard);
        var during = await _bed.SnapshotAsync();
        Assert.Contains("198.18.0.2", during, StringComparison.Ordinal);
        Assert.Contains("\"table\":\"19282\"", during, StringComparison.Ordinal);
        _bed.Within(guard.Dispose);
        _bed.LoseDevice();
        Assert.Equal(before, await _bed.SnapshotAsync());
        Assert.False(File.Exists(_bed.Plan.Journal));
        Assert.Equal(SwitchState.Off, guard.Status.State);
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_a_death_and_the_next_start_and_its_end()
    {
        var before = await _bed.SnapshotAsync();
        Kill();
        Assert.NotEqual(before, await _bed.SnapshotAsync());

        var next = _bed.Begin();
        Assert.Equal("nameserver 10.9.0.2\n", await File.ReadAllTextAsync(_bed.Resolver, Token));
        _bed.Attach(next);
        _bed.Within(next.Dispose);
        _bed.LoseDevice();
        Assert.Equal(before, await _bed.SnapshotAsync());
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_a_death_and_undoing()
    {
        var before = await _bed.SnapshotAsync();
        Kill();
        _bed.Within(() => Assert.Empty(Undoing.Run(_bed.Plan.Journal, keepTable: false)));
        Assert.Equal(before, await _bed.SnapshotAsync());
        Assert.False(File.Exists(_bed.Plan.Journal));
    }

    [Fact]
    public async Task A_death_between_any_two_changes_is_undone()
    {
        var before = await _bed.SnapshotAsync();
        Kill();
        var lines = Journal.Read(_bed.Plan.Journal);
        _bed.Within(() => Undoing.Run(_bed.Plan.Journal, keepTable: false));
        for (var made = 0; made <= lines.Count; made++)
        {
            using (var journal = Journal.Open(_bed.Plan.Journal))
            {
                foreach (var line in lines.Take(made))
                    journal.Write(line); // written, and none of it done
            }

            _bed.Within(() => Assert.Empty(Undoing.Run(_bed.Plan.Journal, keepTable: false)));
            Assert.Equal(before, await _bed.SnapshotAsync());
        }
    }

    [Fact]
    public async Task Without_the_journal_what_is_ours_is_found_and_removed()
    {
        var before = await _bed.SnapshotAsync();
        Kill();
        File.Delete(_bed.Plan.Journal);
        _bed.Within(() => Assert.Empty(Undoing.Sweep()));
        await File.WriteAllTextAsync(_bed.Resolver, "nameserver 10.9.0.2\n", Token); // this alone it cannot know
        Assert.Equal(before, await _bed.SnapshotAsync());
    }

    [Fact]
    public async Task A_strict_reverse_path_filter_is_loosened_and_made_strict_again()
    {
        await _bed.Near.RunAsync("sh", ["-c", "echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter"], Token);
        var before = await _bed.SnapshotAsync();
        var guard = _bed.Begin();
        _bed.Attach(guard);
        Assert.Contains("all/rp_filter 2", await _bed.SnapshotAsync(), StringComparison.Ordinal);
        _bed.Within(guard.Dispose);
        _bed.LoseDevice();
        Assert.Equal(before, await _bed.SnapshotAsync());
    }

    [Fact]
    public async Task A_pause_gives_back_routes_and_resolver_and_its_end_takes_them_again()
    {
        var guard = _bed.Begin();
        _bed.Attach(guard);
        const string Show = "ip rule; ip -6 rule; ip route show table all; ip -6 route show table 19282";
        var (_, during) = await _bed.Near.RunAsync("sh", ["-c", Show], Token);
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromMinutes(2))));
        Assert.Equal(SwitchState.Paused, guard.Status.State);
        Assert.InRange(guard.Status.OpenFor, TimeSpan.FromSeconds(100), TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("19282", _bed.Near.Ip("rule"), StringComparison.Ordinal);
        Assert.Equal("nameserver 10.9.0.2\n", await File.ReadAllTextAsync(_bed.Resolver, Token));
        _bed.Within(guard.Resume);
        Assert.Equal(SwitchState.Reconnecting, guard.Status.State);
        var (_, after) = await _bed.Near.RunAsync("sh", ["-c", Show], Token);
        Assert.Equal(WithoutCarrier(during), WithoutCarrier(after));
        Assert.True(ResolverReplaced.IsOurs(_bed.Resolver));
        _bed.Within(guard.Dispose);
    }

    [Fact]
    public void A_pause_ends_also_where_the_resolvers_file_cannot_be_read()
    {
        var guard = _bed.Begin();
        _bed.Attach(guard);
        var noted = new List<string>();
        guard.Noted += noted.Add;
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromMinutes(2))));
        File.Delete(_bed.Resolver);
        File.CreateSymbolicLink(_bed.Resolver, "/proc/self/mem"); // its first octets are nobody's: EIO
        _bed.Within(guard.Resume);
        Assert.Equal(SwitchState.Reconnecting, guard.Status.State);
        Assert.NotEmpty(noted);
        File.Delete(_bed.Resolver);
        _bed.Within(guard.Dispose);
    }

    [Fact]
    public async Task A_program_that_the_journal_has_no_room_for_does_not_run()
    {
        const string Long = "30.7411"; // seconds; no other test's
        var small = Directory.CreateTempSubdirectory("kzj").FullName;
        Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", "size=4k", "small", small));
        _bed.Plan = _bed.Plan with { HasSwitch = false, Journal = Path.Combine(small, "device.journal") };
        var guard = _bed.Begin();
        try
        {
            var running = new List<Process>();
            ProcessStartInfo start = new("sleep", Long) { RedirectStandardOutput = true, RedirectStandardError = true };
            var full = Assert.Throws<GuardException>(() =>
            {
                while (running.Count < 200)
                    running.Add(guard.StartProgram(start));
            });
            Assert.Contains("cannot write", full.Message, StringComparison.Ordinal);
            Assert.Equal(running.Count, Sleepers());
            _bed.Within(guard.Dispose);
            Assert.Equal(0, Sleepers());
        }
        finally
        {
            _bed.Within(guard.Dispose);
            await RunAsync("umount", small);
            Directory.Delete(small);
        }

        static async Task<int> RunAsync(string program, params string[] words)
        {
            using var process = Process.Start(program, words);
            await process.WaitForExitAsync(Token);
            return process.ExitCode;
        }

        static int Sleepers()
        {
            Thread.Sleep(200); // what was killed is still being buried
            return Process.GetProcessesByName("sleep").Count(process =>
                File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(Long, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_resolver_rewritten_by_another_program_is_ours_again_and_what_it_wrote_comes_back()
    {
        var guard = _bed.Begin();
        _bed.Attach(guard);
        var beside = $"{_bed.Resolver}.new";
        await File.WriteAllTextAsync(beside, "nameserver 10.9.0.9\n", Token);
        File.Move(beside, _bed.Resolver, overwrite: true);
        await Until(() => ResolverReplaced.IsOurs(_bed.Resolver));
        Assert.Contains("10.9.0.9", await File.ReadAllTextAsync(_bed.Resolver, Token), StringComparison.Ordinal);
        _bed.Within(guard.Dispose);
        Assert.Equal("nameserver 10.9.0.9\n", await File.ReadAllTextAsync(_bed.Resolver, Token));
    }

    [Fact]
    public void A_full_disk_stops_it_before_anything_is_changed()
    {
        File.CreateSymbolicLink(_bed.Plan.Journal, "/dev/full");
        Assert.Throws<GuardException>(() => _bed.Begin());
        Assert.Equal("", _bed.Near.Ip("route", "show", "table", "all", "proto", "75"));
    }

    [Fact]
    public void An_interface_that_vanished_is_said_and_the_switch_stays_closed()
    {
        var guard = _bed.Begin();
        var exception = Assert.Throws<GuardException>(() => _bed.Within(guard.Attach));
        Assert.Contains(GuardBed.Device, exception.Message, StringComparison.Ordinal);
        Assert.Equal(SwitchState.Starting, guard.Status.State);
        _bed.Within(guard.Dispose);
    }

    /// <summary>Nobody reads the device here, which the kernel notices when it likes.</summary>
    private static string WithoutCarrier(string text) => text.Replace(" linkdown", "", StringComparison.Ordinal);

    /// <summary>Does everything and dies.</summary>
    private void Kill()
    {
        var guard = _bed.Begin();
        _bed.Attach(guard);
        guard.Abandon();
        _bed.LoseDevice();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 100 && !condition(); i++)
            await Task.Delay(50, Token);
        Assert.True(condition());
    }
}
