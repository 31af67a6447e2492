using Karez.Camouflage.Reality;

namespace Karez.Camouflage.Tests.Reality;

public class HelloMemoryTests
{
    [Fact]
    public void Lets_a_hello_in_once()
    {
        var memory = new HelloMemory(90, 100, 0);
        Assert.Equal(RealityFault.None, memory.Admit(Id(1), 1000, 1000));
        Assert.Equal(RealityFault.Replayed, memory.Admit(Id(1), 1000, 1030));
        Assert.Equal(RealityFault.None, memory.Admit(Id(2), 1000, 1030));
    }

    [Theory]
    [InlineData(1000 - 91)]
    [InlineData(1000 + 91)]
    public void Refuses_a_clock_that_is_too_far_off(long stamp) =>
        Assert.Equal(RealityFault.ClockOff, new HelloMemory(90, 100, 0).Admit(Id(1), stamp, 1000));

    [Fact]
    public void Never_forgets_a_hello_whose_stamp_is_still_good()
    {
        var memory = new HelloMemory(90, 1000, 0);
        Assert.Equal(RealityFault.None, memory.Admit(Id(1), 1090, 1000));
        for (var now = 1001; now <= 1180; now++)
            Assert.Equal(RealityFault.Replayed, memory.Admit(Id(1), 1090, now));
        Assert.Equal(RealityFault.ClockOff, memory.Admit(Id(1), 1090, 1181));
    }

    [Fact]
    public void A_full_memory_lets_nothing_in_until_something_falls_out()
    {
        var memory = new HelloMemory(90, 2, 0);
        Assert.Equal(RealityFault.None, memory.Admit(Id(1), 1000, 1000));
        Assert.Equal(RealityFault.None, memory.Admit(Id(2), 1000, 1000));
        Assert.Equal(RealityFault.MemoryFull, memory.Admit(Id(3), 1000, 1000));
        Assert.Equal(RealityFault.None, memory.Admit(Id(3), 1200, 1200));
        Assert.Equal(1, memory.Count);
    }

    [Fact]
    public void After_a_start_older_stamps_are_refused() =>
        Assert.Equal(RealityFault.StampedBeforeStart, new HelloMemory(90, 2, 1000).Admit(Id(1), 999, 1001));

    [Fact]
    public void Hellos_of_before_the_start_are_known_until_their_window_is_over()
    {
        var before = new RememberedHello(HelloMemory.KeyOf(Id(1)), 1030);
        var memory = new HelloMemory(90, 2, 1000, [before]);
        Assert.Equal(RealityFault.Replayed, memory.Admit(Id(1), 1030, 1001));
        Assert.Equal(RealityFault.Replayed, memory.Admit(Id(1), 1030, 1120));
        Assert.Equal(RealityFault.None, memory.Admit(Id(2), 1121, 1121));
        Assert.Equal(1, memory.Count);
    }

    [Fact]
    public void Whoever_was_ahead_is_remembered_longer_than_who_came_later()
    {
        var memory = new HelloMemory(90, 2, 0);
        Assert.Equal(RealityFault.None, memory.Admit(Id(1), 1090, 1000));
        Assert.Equal(RealityFault.None, memory.Admit(Id(2), 1001, 1001));
        Assert.Equal(RealityFault.None, memory.Admit(Id(3), 1092, 1092));
        Assert.Equal(RealityFault.Replayed, memory.Admit(Id(1), 1090, 1180));
    }

    private static byte[] Id(byte value) => [.. Enumerable.Repeat(value, 32)];
}
