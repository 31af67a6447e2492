using Karez.Client.Endpoints;
using Karez.Wire;

namespace Karez.Client.Tests.Endpoints;

/// <summary>What a gate makes of a connection's counts.</summary>
public class StillnessTests
{
    [Fact]
    public void It_is_still_since_its_counts_were_last_seen_to_change()
    {
        var still = new Stillness(10, 20, At(1));
        still.Look(10, 20, At(4));
        Assert.Equal(TimeSpan.FromSeconds(3), still.At(At(4)));
        still.Look(10, 21, At(5));
        still.Look(10, 21, At(7));
        Assert.Equal(TimeSpan.FromSeconds(2), still.At(At(7)));
    }

    [Fact]
    public void Who_asked_and_got_nothing_since_awaits_an_answer()
    {
        var still = new Stillness(0, 0, At(0));
        Assert.False(still.Awaits);
        still.Look(5, 0, At(1));
        Assert.True(still.Awaits);
        still.Look(5, 0, At(9));
        Assert.True(still.Awaits);
        still.Look(5, 1, At(10));
        Assert.False(still.Awaits);
        still.Look(6, 2, At(11)); // asked and answered between two looks, as far as can be told
        Assert.False(still.Awaits);
    }

    private static Instant At(int seconds) => default(Instant) + TimeSpan.FromSeconds(seconds);
}
