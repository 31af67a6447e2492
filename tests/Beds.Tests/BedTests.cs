using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Sys;

namespace Karez.Beds.Tests;

/// <summary>Machines, links, programs and captures do what they say, and are gone afterwards.</summary>
public class BedTests
{
    public BedTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Fact]
    public async Task Machines_talk_over_their_link_and_a_capture_sees_it()
    {
        using var bed = new Bed();
        var (near, far) = (bed.AddMachine("near"), bed.AddMachine("far"));
        var link = bed.Connect(near, "10.9.0.1/24", far, "10.9.0.2/24");
        using var capture = far.StartCapture();
        using var listener = far.Enter(() =>
        {
            var socket = Tcp();
            socket.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.2"), 7000));
            socket.Listen();
            return socket;
        });
        using var client = near.Enter(Tcp);
        await client.ConnectAsync(IPAddress.Parse("10.9.0.2"), 7000);
        using var server = await listener.AcceptAsync();
        Assert.Equal(IPAddress.Parse("10.9.0.1"), ((IPEndPoint)server.RemoteEndPoint!).Address);
        var sent = new byte[20_000];
        Encoding.ASCII.GetBytes("a word to look for").CopyTo(sent, 0);
        await client.SendAsync(sent);
        var received = new byte[sent.Length];
        for (var filled = 0; filled < received.Length;)
            filled += await server.ReceiveAsync(received.AsMemory(filled));
        Assert.Equal(sent, received);

        capture.Stop();
        Assert.Equal(0, capture.Dropped);
        Assert.Contains(capture.Packets, packet => packet.Frame.Span.IndexOf("a word to look for"u8) > 0);

        // Segmentation is off: no frame is longer than a wire takes, though 20,000 octets went in one write.
        Assert.All(capture.Packets, packet => Assert.InRange(packet.Frame.Length, 14, 1514));
        Assert.Contains(link, near.Ip("link", "show"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_distance_is_kept_both_ways()
    {
        using var bed = new Bed();
        var (near, far) = (bed.AddMachine("near"), bed.AddMachine("far"));
        var (_, _, distance) = bed.ConnectFar(
            near, "10.9.0.1/24", far, "10.9.0.2/24", TimeSpan.FromMilliseconds(20));
        using var _ = distance;
        using var listener = far.Enter(() =>
        {
            var socket = Tcp();
            socket.Bind(new IPEndPoint(IPAddress.Parse("10.9.0.2"), 7000));
            socket.Listen();
            return socket;
        });
        using var first = near.Enter(Tcp);
        await first.ConnectAsync(IPAddress.Parse("10.9.0.2"), 7000); // With the question whose address that is.
        using var second = near.Enter(Tcp);
        var watch = Stopwatch.StartNew();
        await second.ConnectAsync(IPAddress.Parse("10.9.0.2"), 7000);
        Assert.InRange(watch.Elapsed.TotalMilliseconds, 40, 400); // Busy machines wake late.
    }

    [Fact]
    public async Task A_capture_is_a_pcap_file()
    {
        using var bed = new Bed();
        var alone = bed.AddMachine("alone");
        using var capture = alone.StartCapture();
        using var socket = alone.Enter(Udp);
        await socket.SendToAsync(new byte[] { 1, 2, 3 }, new IPEndPoint(IPAddress.Loopback, 9));
        capture.Stop();

        // The datagram and the answer that nobody listens, each going out and coming in.
        Assert.Equal(4, capture.Packets.Count);
        var file = capture.ToPcap();
        Assert.Equal(0xA1B2C3D4, BinaryPrimitives.ReadUInt32LittleEndian(file));
        var (offset, count) = (24, 0);
        for (; offset < file.Length; count++)
            offset += 16 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(offset + 8));
        Assert.Equal((file.Length, 4), (offset, count));
    }

    [Fact]
    public async Task Programs_run_within_and_end_with_the_bed()
    {
        MachineProcess sleeping;
        using (var bed = new Bed())
        {
            var machine = bed.AddMachine("one");
            var (code, printed) = await machine.RunAsync("sh", ["-c", "ls /sys/class/net; exit 3"], Token);
            Assert.Equal((3, "lo\n"), (code, printed));
            sleeping = machine.Start("sh", "-c", "echo ready; sleep 3600 & sleep 3600");
            await sleeping.WaitForAsync("ready", Token);
        }

        Assert.False(Directory.Exists($"/proc/{sleeping.Id}"));
    }

    [Fact]
    public void Everything_is_gone_after_disposing()
    {
        string[] made;
        using (var bed = new Bed())
        {
            var (a, b) = (bed.AddMachine("a"), bed.AddMachine("b"));
            bed.Connect(a, "10.9.0.1/24", b, "10.9.0.2/24");
            bed.Connect(a, "fd00::1/64", b, "fd00::2/64");
            made = [a.Namespace, b.Namespace];
            Assert.All(made, name => Assert.True(File.Exists($"/run/netns/{name}")));
        }

        Assert.All(made, name => Assert.False(File.Exists($"/run/netns/{name}")));
    }

    [Fact]
    public void What_a_killed_run_left_is_removed_when_the_next_bed_is_made()
    {
        // This process's number with another start time is a process that is no more.
        var left = $"kzbed-{Environment.ProcessId}-1-1-left";
        Commands.Ip("netns", "add", left);
        using var sleeping = Process.Start(Commands.IpPath!, ["netns", "exec", left, "sleep", "3600"]);
        using var bed = new Bed();
        var mine = bed.AddMachine("mine");
        Assert.False(File.Exists($"/run/netns/{left}"));

        // A bed of a process that lives is left alone.
        using var other = new Bed();
        Assert.True(File.Exists($"/run/netns/{mine.Namespace}"));
        sleeping.Kill(); // It may have entered the namespace after those within were ended.
        Assert.True(sleeping.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_machine_has_no_way_out_but_its_links()
    {
        using var bed = new Bed();
        using var socket = bed.AddMachine("alone").Enter(Udp);
        var wrong = Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse("192.0.2.1"), 9));
        Assert.Equal(SocketError.NetworkUnreachable, wrong.SocketErrorCode);
    }

    [Fact]
    public void Mistakes_are_told()
    {
        using var bed = new Bed();
        using var other = new Bed();
        var (a, b) = (bed.AddMachine("a"), other.AddMachine("b"));
        Assert.Throws<ArgumentException>(() => bed.AddMachine("a"));
        Assert.Throws<ArgumentException>(() => bed.AddMachine("no/name"));
        Assert.Throws<ArgumentException>(() => bed.Connect(a, "10.9.0.1/24", b, "10.9.0.2/24"));
        Assert.Throws<BedException>(() => a.Ip("link", "set", "none", "up"));
        Assert.Equal(-Errno.NoEntry, NetworkNamespace.Enter("/run/netns/none"));
        Assert.Equal(-Errno.Invalid, Offloads.TurnOff(-1, "a-name-that-is-too-long"));
        Assert.Equal(-Errno.BadDescriptor, Offloads.TurnOff(-1, "lo"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Socket Tcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static Socket Udp() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
}
