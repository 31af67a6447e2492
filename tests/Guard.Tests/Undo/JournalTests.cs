using Karez.Guard.Undo;

namespace Karez.Guard.Tests.Undo;

/// <summary>The journal keeps what undoing needs, and survives being cut off.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kzj").FullName;

    private string File1 => Path.Combine(_folder, "device.journal");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_kind_of_change_comes_back_as_it_was_written()
    {
        Change[] changes =
        [
            new TableMade(),
            new AddressAdded("karez0", "198.18.0.1", 30),
            new RouteAdded(true, 19_282, null),
            new RouteAdded(false, 19_282, "karez0"),
            new RuleAdded(false, 9000, 254, Mark: 0x4B617265),
            new RuleAdded(true, 9001, 19_282, IPProtocol: 17, Port: 53),
            new SettingWritten("/proc/sys/net/ipv4/conf/all/rp_filter", "1", "2"),
            new ResolverReplaced("/etc/resolv.conf", "../run/x", null, default, "text\n"),
            new ResolvedTold("karez0", "198.18.0.2"),
            new LinkRaised("wlan0"),
            new ProgramStarted(1234, 5678),
        ];
        var kinds = typeof(Change).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Change)));
        Assert.Empty(kinds.Except(changes.Select(change => change.GetType())));
        using (var journal = Journal.Open(File1))
        {
            foreach (var change in changes)
                journal.Write(change);
        }

        Assert.Equal(changes, Journal.Read(File1));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File1));
    }

    [Fact]
    public void A_line_that_was_cut_off_is_left_out_and_does_not_spoil_the_next()
    {
        using (var journal = Journal.Open(File1))
            journal.Write(new TableMade());
        File.AppendAllText(File1, """{"what":"rule","IPv6":fal""");
        using (var journal = Journal.Open(File1))
            journal.Write(new RouteAdded(false, 7, null));
        File.AppendAllText(File1, "{\"what\":\"of a later version\"}\nnonsense\n");
        Assert.Equal([new TableMade(), new RouteAdded(false, 7, null)], Journal.Read(File1));
    }

    [Fact]
    public void A_journal_that_is_not_there_is_an_empty_one() => Assert.Empty(Journal.Read(File1));

    [Fact]
    public void A_full_disk_is_said_before_the_change_is_made()
    {
        using var journal = Journal.Open("/dev/full");
        var exception = Assert.Throws<GuardException>(() => journal.Write(new TableMade()));
        Assert.Contains("No space", exception.Message, StringComparison.Ordinal);
        Assert.NotEmpty(exception.Hint);
    }

    [Fact]
    public void A_journal_names_no_file_outside_the_network_settings()
    {
        var victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "2");
        Assert.NotNull(new SettingWritten(victim, "1", "2").Do(null!));
        Assert.NotNull(new SettingWritten($"/proc/sys/net/../../..{victim}", "1", "2").Undo(null!));
        Assert.Equal("2", File.ReadAllText(victim));
    }
}
