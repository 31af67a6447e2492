using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Karez.Beds;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Worlds;
using Karez.Sys;

namespace Karez.Lab.Tests.Router;

/// <summary>The router on real links: what ping measures, and how exact it is.</summary>
public partial class RouterThreadTests
{
    private const string Inner = "100.64.0.2", Outer = "198.18.0.1", Home = "198.18.16.1", Far = "198.19.0.1";

    public RouterThreadTests() => Assert.SkipWhen(Bed.WhyNot is not null, Bed.WhyNot ?? "");

    [Theory]
    [InlineData("4g", "hk")]
    [InlineData("5g", "jp")]
    [InlineData("wifi", "us")]
    [InlineData("wifi", "eu")]
    public async Task Delays_are_what_ping_measures(string access, string distance)
    {
        var (up, down) = LinkProfiles.Access[access];
        var far = LinkProfiles.Distance[distance];
        using var world = new Small(
            up with { JitterMs = 0, Loss = 0 }, down with { JitterMs = 0, Loss = 0 },
            far with { JitterMs = 0, Loss = 0, Reorder = 0 });
        var (code, printed) = await world.Subscriber.RunAsync("ping", ["-n", "-i", "0.05", "-c", "40", Far], Token);
        Assert.True(code == 0, printed);
        var median = Median(RoundTrip().Matches(printed).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        var expected = up.DelayMs + down.DelayMs + (2 * far.DelayMs);
        TestContext.Current.SendDiagnosticMessage($"{access} {distance}: {median} ms, model {expected} ms");
        Assert.InRange(median, expected - 0.1, expected + 2);
    }

    [Fact]
    public async Task Loss_is_what_ping_counts()
    {
        using var world = new Small(new LinkProfile(1, 0, 0.2), new LinkProfile(1), new LinkProfile(1));
        var (_, printed) = await world.Subscriber.RunAsync("ping", ["-n", "-i", "0.005", "-c", "400", "-W", "1", Far], Token);
        var answers = RoundTrip().Count(printed);
        Assert.InRange(answers, 280, 360); // 320 and five times its deviation.
        Assert.Equal(400 - answers, world.Core.Counts.LostByModel);
    }

    [Fact]
    public async Task At_20000_packets_a_second_99_percent_leave_within_a_millisecond()
    {
        const int PerSecond = 20_000, Seconds = 3;
        using var world = new Small(new LinkProfile(20, 3), new LinkProfile(20), new LinkProfile(20));
        using var receiver = world.Far.Enter(() => Bound(Far, 9000));
        receiver.ReceiveBufferSize = 16 << 20;
        using var sender = world.Subscriber.Enter(() => Bound(Inner, 0));
        var running = new List<int>();
        var received = 0;
        var counting = Task.Run(() =>
        {
            var octets = new byte[2048];
            receiver.ReceiveTimeout = 1500;
            try
            {
                while (received < PerSecond * Seconds)
                {
                    receiver.Receive(octets);
                    received++;
                }
            }
            catch (SocketException)
            {
                // Nothing came any more.
            }
        });
        var sending = Task.Run(() => SendEvenly(sender, PerSecond, Seconds));
        while (await Task.WhenAny(sending, Task.Delay(100, Token)) != sending)
            running.Add(Running());
        await counting;
        var health = world.Stop();
        TestContext.Current.SendDiagnosticMessage(
            $"{received} of {PerSecond * Seconds}, median {health.MedianErrorMs} ms, 99 % {health.P99ErrorMs} ms, dropped {health.Dropped}");
        Assert.Equal(0, health.Dropped);
        Assert.InRange(received, PerSecond * Seconds * 0.99, PerSecond * Seconds);
        // The router, the sender and the receiver run; whatever runs beside them is not ours.
        var others = Median(running.Select(count => (double)count)) - 3;
        Assert.SkipWhen(
            health.P99ErrorMs > 1 && others > 2, $"{others} other threads run; {health.P99ErrorMs} ms is no figure of the router's");
        Assert.InRange(health.P99ErrorMs, 0, 1);
        Assert.True(health.Valid);
    }

    [Fact]
    public void A_world_that_is_not_closed_gets_no_router()
    {
        using var bed = new Bed();
        var wiring = new Wiring(bed);
        wiring.Hub.Ip("tuntap", "add", "dev", "tun0", "mode", "tun");
        Assert.Throws<LabException>(() => RouterThread.Start(bed.Machines, wiring.Hub, new RouterCore(new CarrierNat(), 1, 1), new RunClock()));
    }

    [Fact]
    public async Task A_processor_of_its_own_is_nobody_elses_until_it_is_given_back()
    {
        var all = Processors.Of(0);
        using (var own = OwnProcessor.TryReserve())
        {
            Assert.SkipWhen(own is null, "one processor");
            using var world = new Small(new LinkProfile(1), new LinkProfile(1), new LinkProfile(1), own);
            Assert.Equal([own.Number], Processors.Of(ThreadNamed("router")));
            foreach (var machine in (Machine[])[world.Subscriber, world.Far])
            {
                var (code, printed) = await machine.RunAsync("grep", ["Cpus_allowed_list", "/proc/self/status"], Token);
                Assert.Equal(0, code);
                Assert.DoesNotContain(own.Number, Numbers(printed.Split(':')[1].Trim()));
            }
        }

        Assert.Equal(all, Processors.Of(0));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void SendEvenly(Socket sender, int perSecond, int seconds)
    {
        var to = new IPEndPoint(IPAddress.Parse(Far), 9000).Serialize();
        var octets = new byte[200];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < perSecond * seconds; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            while (Stopwatch.GetElapsedTime(began) is var elapsed && elapsed < due)
            {
                if (due - elapsed > TimeSpan.FromMilliseconds(2))
                    Thread.Sleep(1);
            }

            sender.SendTo(octets, SocketFlags.None, to);
        }
    }

    private static int ThreadNamed(string name) => Directory.EnumerateDirectories("/proc/self/task")
        .Where(folder => File.ReadAllText(Path.Combine(folder, "comm")).Trim() == name)
        .Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)).Single();

    /// <summary>A list of the kernel's: <c>0-2,5</c>.</summary>
    private static IEnumerable<int> Numbers(string list) => list.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    /// <summary>How many threads run or could (proc(5), loadavg).</summary>
    private static int Running() =>
        int.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[0], CultureInfo.InvariantCulture);

    private static Socket Bound(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    [GeneratedRegex(@"time=([0-9.]+) ms")]
    private static partial Regex RoundTrip();

    /// <summary>A subscriber, a router, and a machine abroad.</summary>
    private sealed class Small : IDisposable
    {
        private readonly Bed _bed = new();
        private readonly RouterThread _router;

        public Small(LinkProfile up, LinkProfile down, LinkProfile far, OwnProcessor? processor = null)
        {
            var wiring = new Wiring(_bed);
            Subscriber = wiring.AddMachine("sub", Inner);
            Far = wiring.AddMachine("far", RouterThreadTests.Far);
            var nat = new CarrierNat();
            nat.Add(0, Wiring.NumberOf(Inner), Wiring.NumberOf(Outer), 1024, 1000);
            Core = new RouterCore(nat, 1, 1);
            Core.Add(wiring.Attach(Subscriber, up, down, false, 1, 0));
            Core.Add(wiring.Attach(Far, far, far, true, 1));
            _router = RouterThread.Start(_bed.Machines, wiring.Hub, Core, new RunClock(), processor);
        }

        public Machine Subscriber { get; }

        public Machine Far { get; }

        public RouterCore Core { get; }

        public RouterEntry Stop() => _router.Stop();

        public void Dispose()
        {
            _router.Dispose();
            _bed.Dispose();
        }
    }
}
