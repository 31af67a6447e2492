using System.Net;
using System.Net.Sockets;
using Karez.Guard.Switch;
using Karez.Tests.Leaks;

namespace Karez.Guard.Tests;

/// <summary>What leaves a machine in each state of the kill switch, with a device that leads nowhere.</summary>
public sealed class GuardLeakTests : IDisposable
{
    private readonly GuardBed _bed;

    public GuardLeakTests()
    {
        Assert.SkipWhen(GuardBed.WhyNot is not null, GuardBed.WhyNot ?? "");
        _bed = new GuardBed();
    }

    public void Dispose() => _bed?.Dispose();

    [Fact]
    public void No_leak_in_any_state_and_marked_packets_leave_in_all()
    {
        using var wire = new OuterWire(_bed.Far, _bed.Near, GuardBed.Node);
        using var attempts = new LeakAttempts(_bed.Near, _bed.Link, GuardBed.Node);
        using var marked = _bed.Near.Enter(() => Marked(_bed.Link));

        var guard = _bed.Begin();
        Closed("starting");
        _bed.Attach(guard);
        Closed("connecting");
        guard.Report(SwitchEvent.Answered);
        Closed("connected");
        guard.Report(SwitchEvent.Moved);
        Closed("reconnecting");
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromMinutes(1))));
        Opened("paused");
        _bed.Within(guard.Resume);
        Closed("after the pause");
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromSeconds(1))));
        guard.Abandon();
        _bed.LoseDevice(); // killed while paused: only the kernel is left to close it
        Thread.Sleep(1300);
        Closed("killed in a pause");
        var next = _bed.Begin();
        Closed("starting again");
        _bed.Attach(next);
        Closed("connecting again");
        _bed.LoseDevice();
        Closed("the device deleted");
        _bed.Within(next.Dispose);
        Opened("off");
        Assert.Equal(0, wire.Stop());

        void Closed(string state)
        {
            var place = wire.Count;
            attempts.Send(4);
            Assert.Equal(1, marked.SendTo([1], GuardBed.Node));
            var seen = wire.Since(place, Sighting.Other);
            // The marked datagram of this test is to the node, by UDP.
            Assert.True(seen.Count(s => s.What == Sighting.Other) == 1, Say(state, seen));
            var leaked = seen.Any(s => s.What is Sighting.Attempt or Sighting.Dns or Sighting.Channel);
            Assert.False(leaked, Say(state, seen));
        }

        void Opened(string state)
        {
            var place = wire.Count;
            attempts.Send(1);
            var seen = wire.Since(place, Sighting.Attempt, count: 11);
            Assert.True(seen.Count(s => s.What == Sighting.Attempt) > 10, state);
        }
    }

    [Fact]
    public void Without_the_switch_the_same_attempts_leak()
    {
        _bed.Plan = _bed.Plan with { HasSwitch = false };
        using var wire = new OuterWire(_bed.Far, _bed.Near, GuardBed.Node);
        using var attempts = new LeakAttempts(_bed.Near, _bed.Link, GuardBed.Node);
        var guard = _bed.Begin();
        _bed.Attach(guard);
        var place = wire.Count;
        attempts.Send(1);
        Assert.True(wire.Since(place, Sighting.Attempt, count: 6).Count(s => s.What == Sighting.Attempt) > 5);
        _bed.Within(guard.Dispose);
    }

    [Fact]
    public void No_leak_of_a_foreign_mark_in_a_pause()
    {
        using var wire = new OuterWire(_bed.Far, _bed.Near, GuardBed.Node);
        using var foreign = _bed.Near.Enter(() => Marked(_bed.Link, 0x1234));
        var guard = _bed.Begin();
        _bed.Attach(guard);
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromMinutes(1))));
        var place = wire.Count;
        Assert.Throws<SocketException>(() => foreign.SendTo([1], GuardBed.Node));
        Assert.DoesNotContain(wire.Since(place), s => s.What == Sighting.Other);
        _bed.Within(guard.Dispose);
    }

    [Theory]
    [InlineData("10.9.0.2", 4000, true)]
    [InlineData("192.168.7.7", 80, true)]
    [InlineData("224.0.0.251", 5353, true)]
    [InlineData("10.9.0.2", 53, false)]
    [InlineData("10.9.0.2", 853, false)]
    [InlineData("203.0.113.1", 4000, false)]
    public void The_local_network_is_open_where_it_is_wished_and_no_leak_of_names(string to, int port, bool passes)
    {
        _bed.Plan = _bed.Plan with { Switch = _bed.Plan.Switch with { Local = true } };
        using var wire = new OuterWire(_bed.Far, _bed.Near, GuardBed.Node);
        var guard = _bed.Begin();
        using var socket = _bed.Near.Enter(() => Marked(_bed.Link, 0));
        var place = wire.Count;
        try
        {
            socket.SendTo([1], new IPEndPoint(IPAddress.Parse(to), port));
        }
        catch (SocketException) when (!passes)
        {
            // As it should be.
        }

        // Of IPv4 only: the kernel reports its IPv6 groups when it likes.
        var seen = wire.Since(place)
            .Count(s => s.What is (Sighting.Other or Sighting.Dns) && s.Words.AsSpan(24, 4) is "0800");
        Assert.Equal(passes ? 1 : 0, seen);
        _bed.Within(guard.Dispose);
    }

    [Fact]
    public void What_is_marked_never_goes_into_the_device_itself()
    {
        var guard = _bed.Begin();
        _bed.Attach(guard);
        using var socket = _bed.Near.Enter(() => Marked(GuardBed.Device));
        Assert.Throws<SocketException>(() => socket.SendTo([1], new IPEndPoint(IPAddress.Parse("203.0.113.1"), 9)));
        _bed.Within(guard.Dispose);
    }

    [Fact]
    public void Refused_packets_are_counted()
    {
        using var attempts = new LeakAttempts(_bed.Near, _bed.Link, GuardBed.Node);
        var guard = _bed.Begin();
        attempts.Send(1);
        var refused = _bed.Near.Enter(() => guard.Status.Refused);
        Assert.True(refused >= 15, $"{refused}");
        _bed.Within(guard.Dispose);
    }

    private static string Say(string state, IReadOnlyList<(Sighting What, string Words)> seen) => string.Join(
        '\n',
        seen.Where(s => s.What is not (Sighting.Arp or Sighting.Neighbour))
            .Select(s => $"{state}: {s.What} {s.Words}"));

    private static Socket Marked(string link, uint mark = SwitchPlan.Mark)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(1, 25, System.Text.Encoding.ASCII.GetBytes($"{link}\0"));
        if (mark != 0)
            socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(mark));
        return socket;
    }
}
