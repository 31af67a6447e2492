using Karez.Camouflage.Reality;
using Karez.Server.State;

namespace Karez.Server.Tests.State;

public class HelloJournalTests : TempState
{
    private const long Start = 1_000_000;

    [Fact]
    public async Task What_is_stamped_ahead_is_known_after_a_crash_and_what_is_not_need_not_be()
    {
        // never closed, as after a crash
        var journal = HelloJournal.Open(Folder, Start);
        Assert.True(await journal.KeepAsync(1, Start + 60, Start));
        Assert.True(await journal.KeepAsync(2, Start, Start));
        Assert.True(await journal.KeepAsync(3, Start - 1, Start));

        using var again = HelloJournal.Open(Folder, Start);
        Assert.Equal([new(1, Start + 60), new(2, Start)], again.Remembered);
        using var later = HelloJournal.Open(Folder, Start + 1);
        Assert.Equal([new RememberedHello(1, Start + 60)], later.Remembered);
        journal.Dispose();
    }

    [Fact]
    public async Task A_ring_full_of_live_hellos_takes_no_more_until_their_time_is_over()
    {
        using (var journal = HelloJournal.Open(Folder, Start))
        {
            for (var i = 0; i < HelloJournal.Capacity; i++)
                Assert.True(await journal.KeepAsync((UInt128)i, Start + 2, Start));
            Assert.False(await journal.KeepAsync(77_777, Start + 2, Start));
        }

        using var again = HelloJournal.Open(Folder, Start);
        Assert.Equal(HelloJournal.Capacity, again.Remembered.Count);
        Assert.False(await again.KeepAsync(77_777, Start + 2, Start));
        Assert.True(await again.KeepAsync(77_777, Start + 5, Start + 3));
    }

    [Fact]
    public async Task The_ring_goes_on_where_it_was()
    {
        for (var round = 0; round < 3; round++)
        {
            using var journal = HelloJournal.Open(Folder, Start);
            Assert.Equal(round * 1000, journal.Remembered.Count);
            for (var i = 0; i < 1000; i++)
                Assert.True(await journal.KeepAsync((UInt128)((round * 1000) + i), Start + 1, Start));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else")]
    public void A_file_that_is_none_is_reported_and_left_alone(string text)
    {
        File.WriteAllText(Folder.FileOf(HelloJournal.Name), text);
        Assert.Contains("damaged", Refused(() => HelloJournal.Open(Folder, Start)).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Folder.FileOf(HelloJournal.Name)));
    }
}
