using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Beds;
using Karez.Guard.Switch;
using Karez.Guard.Undo;
using Karez.Sys;

namespace Karez.Guard.Tests;

/// <summary>What the guide says that each state lets pass does pass, and what it says that none does, does not.</summary>
public sealed class PassageTests : IDisposable
{
    private const string World = "203.0.113.77";
    private const string World6 = "2001:db8:77::1";

    private readonly GuardBed _bed;
    private readonly List<(Passages Passage, string Name, Action Send)> _probes = [];
    private readonly List<Socket> _sockets = [];
    private Capture _capture = null!; // set by Prepare, as those below
    private Socket _loopback = null!;
    private Socket _loopback6 = null!;
    private int _device = -1;

    public PassageTests()
    {
        Assert.SkipWhen(GuardBed.WhyNot is not null, GuardBed.WhyNot ?? "");
        _bed = new GuardBed();
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        if (_device >= 0)
            _ = Descriptors.Close(_device);
        _capture?.Dispose();
        _bed?.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_state_lets_pass_what_the_guide_says_and_nothing_else(bool local)
    {
        _bed.Plan = _bed.Plan with { Switch = _bed.Plan.Switch with { Local = local } };
        Prepare();
        Seen(); // The neighbours are found, for whom the first packets wait.
        Is(SwitchState.Off);
        var guard = _bed.Begin();
        Is(SwitchState.Starting);
        _bed.Within(guard.Attach);
        Is(SwitchState.Connecting);
        guard.Report(SwitchEvent.Answered);
        Is(SwitchState.Connected);
        guard.Report(SwitchEvent.Lost);
        Is(SwitchState.Reconnecting);
        _bed.Within(() => Assert.True(guard.Pause(TimeSpan.FromMinutes(1))));
        Is(SwitchState.Paused);
        _bed.Within(guard.Resume);
        Is(SwitchState.Reconnecting);
        guard.Abandon();
        Is(SwitchState.Held);
        // As karez pause does it where nothing runs.
        _bed.Within(() => Assert.Empty(Undoing.Run(_bed.Plan.Journal, keepTable: true)));
        Is(SwitchState.Held);
        _bed.Within(() => Assert.True(Nftables.TryRun(SwitchTable.Open(TimeSpan.FromMinutes(1)), out _)));
        Is(SwitchState.Paused);
        _bed.Within(() => Assert.True(Nftables.TryRun(SwitchTable.Close, out _)));
        var next = _bed.Begin();
        Is(SwitchState.Starting);
        _bed.Within(next.Attach);
        var stopped = false;
        next.Changed += state =>
        {
            if (state == SwitchState.Stopping)
            {
                Is(SwitchState.Stopping);
                stopped = true;
            }
        };
        _bed.Within(next.Dispose);
        Assert.True(stopped);
        Is(SwitchState.Off);

        void Is(SwitchState state)
        {
            var allowed = SwitchMachine.Allowed[state];
            // Where something is to pass that a neighbour was looked for again meanwhile, it has a second try.
            var seen = Seen();
            if (_probes.Exists(probe => Passes(probe.Passage) && !seen.Contains(probe.Name)))
                seen.UnionWith(Seen());
            foreach (var (passage, name, _) in _probes)
            {
                var passes = Passes(passage);
                Assert.True(passes == seen.Contains(name), $"{state}: {name} {(passes ? "did not pass" : "passed")}");
            }

            bool Passes(Passages passage) => allowed.HasFlag(Passages.Unmarked)
                || (passage != Passages.None && allowed.HasFlag(passage) && (passage != Passages.Local || local));
        }
    }

    /// <summary>Sends all, and gives the names of those that came where they were to go.</summary>
    private HashSet<string> Seen()
    {
        var place = _capture.Packets.Count;
        foreach (var (_, _, send) in _probes)
        {
            try
            {
                send();
            }
            catch (SocketException)
            {
                // Refused.
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var last = _probes[^1].Name; // passes in every state
        for (var tries = 0; tries < 200 && !seen.Contains(last); tries++)
        {
            Thread.Sleep(20);
            foreach (var packet in _capture.Packets.Skip(place))
                Note(packet.Frame.Span, seen);
        }

        var buffer = new byte[2048];
        foreach (var socket in (Socket[])[_loopback, _loopback6])
        {
            while (socket.Poll(0, SelectMode.SelectRead))
                Note(buffer.AsSpan(0, socket.Receive(buffer)), seen);
        }

        for (int length; (length = Descriptors.Read(_device, buffer)) > 0;)
            Note(buffer.AsSpan(0, length), seen);
        return seen;
    }

    private void Note(ReadOnlySpan<byte> octets, HashSet<string> seen)
    {
        foreach (var (_, name, _) in _probes)
        {
            if (octets.IndexOf(Sign(name)) >= 0)
                seen.Add(name);
        }
    }

    private void Prepare()
    {
        _capture = _bed.Far.StartCapture();
        _bed.Within(() => Assert.True((_device = TunInterfaces.Open(GuardBed.Device, out _)) >= 0));
        _bed.Near.Ip("link", "set", GuardBed.Device, "up");
        // What has neither a link nor a route of its own goes into the device, private or not.
        _bed.Near.Ip("route", "add", "192.168.7.0/24", "via", "10.9.0.2");
        var far = _bed.Far.Ip("-o", "-6", "address", "show", "dev", _bed.Link, "scope", "link")
            .Split("inet6 ")[1].Split('/')[0];
        _bed.Within(() => PrepareSockets(IPAddress.Parse(far)));
    }

    private void PrepareSockets(IPAddress far)
    {
        (_loopback, _loopback6) = (Receiver("127.0.0.1:7000"), Receiver("[::1]:7000"));
        Udp(Passages.Loopback, "loopback", "127.0.0.1:7000", link: null);
        Udp(Passages.Loopback, "loopback of IPv6", "[::1]:7000", link: null);
        Udp(Passages.Device, "the device", $"{World}:4000", link: GuardBed.Device);

        Udp(Passages.Dhcp, "DHCP by broadcast", "255.255.255.255:67", from: 68);
        Udp(Passages.Dhcp, "DHCP to its server", "10.9.0.2:67", from: 68);
        Udp(Passages.Dhcp, "DHCPv6", "[ff02::1:2]:547", from: 546);
        Udp(Passages.None, "DHCP to the world", $"{World}:67", from: 68);

        Discover(Passages.Neighbours, "a router solicitation", 133, "ff02::2");
        Discover(Passages.Neighbours, "a neighbour solicitation", 135, "ff02::1:ff00:2");
        Discover(Passages.Neighbours, "a neighbour advertisement", 136, far.ToString());
        Discover(Passages.None, "a router advertisement", 134, "2001:db8::2");
        // Not the neighbours' passage, as it might have been forwarded; the group is one of the local network's.
        Discover(Passages.Local, "a neighbour solicitation from far away", 135, "ff02::1:ff00:2", hops: 64);
        Discover(Passages.None, "a neighbour solicitation to the world", 135, World6);

        Udp(Passages.Local, "the router", "10.9.0.2:4000");
        Udp(Passages.Local, "another of the local network", "192.168.7.7:80");
        Udp(Passages.Local, "service discovery", "224.0.0.251:5353");
        Udp(Passages.Local, "device discovery", "239.255.255.250:1900");
        Udp(Passages.Local, "service discovery by IPv6", "[ff02::fb]:5353");
        Udp(Passages.Local, "a neighbour by IPv6", $"[{far}]:4000");
        Udp(Passages.None, "the router's names", "10.9.0.2:53");
        Udp(Passages.None, "the router's names by TLS", "10.9.0.2:853");

        Udp(Passages.None, "the world", $"{World}:4000");
        Udp(Passages.None, "the world by IPv6", $"[{World6}]:4000");
        Udp(Passages.Karez, "Karez by IPv6", $"[{World6}]:443", link: null, mark: SwitchPlan.Mark);
        Udp(Passages.Karez, "Karez", $"{World}:443", link: null, mark: SwitchPlan.Mark);
    }

    private void Udp(
        Passages passage, string name, string to, int from = 0, string? link = "outer", uint mark = 0)
    {
        var endPoint = IPEndPoint.Parse(to);
        var socket = Keep(new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        if (link is not null)
            Bind(socket, link == "outer" ? _bed.Link : link);
        if (mark != 0)
            socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(mark));
        socket.EnableBroadcast = endPoint.AddressFamily == AddressFamily.InterNetwork;
        if (from != 0)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            var any = endPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
            socket.Bind(new IPEndPoint(any, from));
        }

        _probes.Add((passage, name, () => socket.SendTo(Sign(name), endPoint)));
    }

    /// <summary>A message of RFC 4861, with the sign in an option.</summary>
    private void Discover(Passages passage, string name, byte type, string to, int hops = 255)
    {
        var socket = Keep(new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));
        Bind(socket, _bed.Link);
        socket.SetRawSocketOption(41, 18, BitConverter.GetBytes(hops)); // IPV6_MULTICAST_HOPS
        socket.SetRawSocketOption(41, 16, BitConverter.GetBytes(hops)); // IPV6_UNICAST_HOPS
        var target = type is 135 or 136 ? IPAddress.Parse("2001:db8::2").GetAddressBytes() : [];
        byte[] message = [type, 0, 0, 0, 0, 0, 0, 0, .. target, 253, 8, .. Sign(name), .. new byte[62]];
        var packet = message[..(8 + target.Length + 64)];
        _probes.Add((passage, name, () => socket.SendTo(packet, new IPEndPoint(IPAddress.Parse(to), 0))));
    }

    private Socket Receiver(string at)
    {
        var endPoint = IPEndPoint.Parse(at);
        var socket = Keep(new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(endPoint);
        return socket;
    }

    private Socket Keep(Socket socket)
    {
        socket.Blocking = false;
        _sockets.Add(socket);
        return socket;
    }

    private static void Bind(Socket socket, string link) =>
        socket.SetRawSocketOption(1, 25, Encoding.ASCII.GetBytes($"{link}\0"));

    /// <summary>Between brackets, so that none is in another.</summary>
    private static byte[] Sign(string name) => Encoding.ASCII.GetBytes($"<{name}>");
}
