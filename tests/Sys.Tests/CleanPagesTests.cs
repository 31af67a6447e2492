using System.Text;

namespace Karez.Sys.Tests;

public class CleanPagesTests
{
    [Fact]
    public void Only_private_unchanged_mappings_of_files_that_cannot_be_written_qualify()
    {
        using var smaps = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat((string[])
        [
            .. Mapping("1000-2000 r-xp 00000000 fe:00 1                /usr/bin/karez", 0),
            .. Mapping("2000-3000 r--p 00000000 fe:00 1                /usr/bin/karez", 0),
            .. Mapping("3000-4000 r--p 00000000 fe:00 1                /usr/bin/karez", 8), // relocated
            .. Mapping("4000-5000 rw-p 00000000 fe:00 1                /usr/bin/karez", 0),
            .. Mapping("5000-6000 r--s 00000000 fe:00 1                /usr/share/shared", 0),
            .. Mapping("6000-7000 r-xp 00000000 00:00 0 ", 0),
            .. Mapping("7000-8000 r-xp 00000000 00:00 0                [vdso]", 0),
        ])));
        Assert.Equal([(0x1000, 0x2000), (0x2000, 0x3000)], CleanPages.Find(smaps));
    }

    [Fact]
    public void What_qualifies_does_not_depend_on_where_a_read_ends()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 500).Select(i => string.Concat(
            Mapping($"{i:x}000-{i + 1:x}000 r-xp 00000000 fe:00 1                /{new string('n', i)}", i % 2)))));
        using var smaps = new MemoryStream(text);
        var found = CleanPages.Find(smaps);
        Assert.Equal(Enumerable.Range(1, 250).Select(i => ((nuint)i * 0x2000, ((nuint)i * 0x2000) + 0x1000)), found);
    }

    [Fact]
    public void What_came_back_is_counted_from_the_last_time_on()
    {
        var before = CleanPages.CameBack;
        CleanPages.LetGo();
        Assert.InRange(CleanPages.CameBack, 0, before);
    }

    [Fact]
    public void Letting_go_changes_nothing_but_what_is_resident()
    {
        for (var i = 0; i < 10; i++)
        {
            CleanPages.LetGo();
            Assert.Equal("[1,2]", System.Text.Json.JsonSerializer.Serialize(new[] { 1, 2 }));
        }
    }

    private static string[] Mapping(string head, int anonymous) =>
        [$"{head}\nSize:                  4 kB\n", $"Anonymous:             {anonymous} kB\nVmFlags: rd ex mr\n"];
}
