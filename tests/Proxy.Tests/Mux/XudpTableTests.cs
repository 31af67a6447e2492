using Karez.Proxy.Mux;
using Karez.Wire;

namespace Karez.Proxy.Tests.Mux;

public class XudpTableTests
{
    private static readonly Guid Ali = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");
    private static readonly Guid Eve = Guid.Parse("76ad4540-b58c-4ad2-9926-ea63445a9b57");
    private static readonly Instant Start = new(1_000);

    [Fact]
    public void A_socket_waits_a_minute_for_its_client()
    {
        var table = new XudpTable<string>(4);
        Assert.True(table.TryAdd(Ali, 7, "socket", out var lease));
        Assert.Equal(Instant.Never, table.Deadline);
        Assert.True(table.Detach(Ali, 7, lease, Start));
        Assert.Equal(new Instant(61_000), table.Deadline);
        Assert.False(table.TryExpire(new Instant(60_999), out _));
        Assert.True(table.TryExpire(new Instant(61_000), out var socket));
        Assert.Equal(("socket", 0), (socket, table.Count));
        Assert.False(table.TryTake(Ali, 7, out _, out _));
    }

    [Fact]
    public void A_socket_that_was_taken_over_no_longer_expires_and_its_old_stream_cannot_touch_it()
    {
        var table = new XudpTable<string>(4);
        table.TryAdd(Ali, 7, "socket", out var first);
        Assert.True(table.TryTake(Ali, 7, out var socket, out var second));
        Assert.Equal("socket", socket);
        Assert.False(table.Detach(Ali, 7, first, Start));
        Assert.True(table.Detach(Ali, 7, second, Start));
        Assert.True(table.TryTake(Ali, 7, out _, out var third));
        table.Remove(Ali, 7, second);
        Assert.False(table.TryExpire(new Instant(1_000_000), out _));
        Assert.True(table.IsHeld(Ali, 7, third));
        table.Remove(Ali, 7, third);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Nobody_takes_another_persons_socket()
    {
        var table = new XudpTable<string>(4);
        table.TryAdd(Ali, 7, "socket", out _);
        Assert.False(table.TryTake(Eve, 7, out _, out _));
        Assert.True(table.TryAdd(Eve, 7, "other", out _));
        Assert.False(table.TryAdd(Ali, 0, "none", out _));
        Assert.False(table.TryAdd(Ali, 7, "again", out _));
    }

    [Fact]
    public void The_table_is_bounded_in_all_it_keeps()
    {
        var table = new XudpTable<string>(2);
        Assert.True(table.TryAdd(Ali, 1, "one", out var lease));
        Assert.True(table.TryAdd(Ali, 2, "two", out _));
        Assert.False(table.TryAdd(Ali, 3, "three", out _));
        var kept = 0;
        while (table.Detach(Ali, 1, lease, Start))
        {
            Assert.True(++kept <= 4);
            Assert.True(table.TryTake(Ali, 1, out _, out lease));
        }

        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void A_source_has_one_id_per_process()
    {
        using var one = new XudpIdentity(new SeededEntropy(1));
        using var other = new XudpIdentity(new SeededEntropy(2));
        var id = one.Of("udp:127.0.0.1:5000");
        Assert.NotEqual(0ul, id);
        Assert.Equal(id, one.Of("udp:127.0.0.1:5000"));
        Assert.NotEqual(id, one.Of("udp:127.0.0.1:5001"));
        Assert.NotEqual(id, other.Of("udp:127.0.0.1:5000"));
    }
}
