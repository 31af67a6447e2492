using Karez.Guard.Undo;

namespace Karez.Guard.Tests.Undo;

/// <summary>Who is asked for names comes back as it was: file, link, or nothing.</summary>
public sealed class ResolverReplacedTests : IDisposable
{
    private const string Text = $"{ResolverReplaced.Ours}\nnameserver 198.18.0.2\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("kzr").FullName;

    private string Conf => Path.Combine(_folder, "resolv.conf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_comes_back_with_its_mode()
    {
        File.WriteAllText(Conf, "nameserver 192.0.2.1\n");
        File.SetUnixFileMode(Conf, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var change = ResolverReplaced.Of(Conf, Text);
        Assert.Null(change.Do(null!));
        Assert.Equal(Text, File.ReadAllText(Conf));
        Assert.True(ResolverReplaced.IsOurs(Conf));
        Assert.Null(change.Undo(null!));
        Assert.Equal("nameserver 192.0.2.1\n", File.ReadAllText(Conf));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(Conf));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_link_comes_back_and_what_it_leads_to_is_never_written()
    {
        File.WriteAllText(Path.Combine(_folder, "stub"), "theirs");
        File.CreateSymbolicLink(Conf, "stub");
        var change = ResolverReplaced.Of(Conf, Text);
        Assert.Null(change.Do(null!));
        Assert.Equal(Text, File.ReadAllText(Conf));
        Assert.Equal("theirs", File.ReadAllText(Path.Combine(_folder, "stub")));
        Assert.Null(change.Undo(null!));
        Assert.Equal("stub", new FileInfo(Conf).LinkTarget);
    }

    [Fact]
    public void Where_there_was_nothing_there_is_nothing()
    {
        var change = ResolverReplaced.Of(Conf, Text);
        Assert.Null(change.Do(null!));
        Assert.Null(change.Undo(null!));
        Assert.False(File.Exists(Conf));
    }

    [Fact]
    public void What_another_program_wrote_since_stays()
    {
        File.WriteAllText(Conf, "old");
        var change = ResolverReplaced.Of(Conf, Text);
        Assert.Null(change.Do(null!));
        File.WriteAllText(Conf, "newer");
        Assert.Null(change.Undo(null!));
        Assert.Equal("newer", File.ReadAllText(Conf));
    }

    [Fact]
    public void Undoing_twice_does_nothing_more()
    {
        File.WriteAllText(Conf, "old");
        var change = ResolverReplaced.Of(Conf, Text);
        Assert.Null(change.Do(null!));
        Assert.Null(change.Undo(null!));
        Assert.Null(change.Undo(null!));
        Assert.Equal("old", File.ReadAllText(Conf));
    }
}
