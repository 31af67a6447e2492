using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Karez.Beds;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Config;
using Karez.Config.Links;
using Karez.Tun.Tests.Names;

namespace Karez.Tun.Tests.Machines;

/// <summary>
/// A machine with a device, a node, an origin behind it, and a neighbour that is reached directly; karez serves and
/// carries as it does elsewhere.
/// </summary>
/// <remarks>
/// <code>
/// lan 192.168.9.1 -- 192.168.9.2 dev 10.77.0.2 -- 10.77.0.1 node 203.0.113.1 -- 203.0.113.10 origin
///     172.16.5.1                     karez0                      2001:db8:5::1 -- 2001:db8:5::10
/// </code>
/// What dev sends goes into the device, except what is marked or on a link.
/// </remarks>
internal sealed class World : IAsyncDisposable
{
    public const string Name = "www.origin.example";
    public const string Name6 = "six.origin.example";
    public const uint Mark = 0x4B5A;

    private const int MaxAttempts = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-tun-").FullName;
    private readonly List<Exception> _bugs = [];
    private readonly Bed _bed = new();
    private int _links;

    private World(bool isFast)
    {
        (Dev, Node, Origin, Lan) =
            (_bed.AddMachine("dev"), _bed.AddMachine("node"), _bed.AddMachine("origin"), _bed.AddMachine("lan"));
        Connect(Dev, "10.77.0.2/24", Node, "10.77.0.1/24", isFast);
        var out6 = Connect(Node, "203.0.113.1/24", Origin, "203.0.113.10/24", isFast);
        Connect(Dev, "192.168.9.2/24", Lan, "192.168.9.1/24", isFast);
        Node.Ip("address", "add", "2001:db8:5::1/64", "dev", out6, "nodad");
        Origin.Ip("address", "add", "2001:db8:5::10/64", "dev", out6, "nodad");
        Lan.Ip("address", "add", "172.16.5.1/32", "dev", "lo");
        Dev.Ip("route", "add", "default", "via", "192.168.9.1");
    }

    public Machine Dev { get; }

    public Machine Node { get; }

    public Machine Origin { get; }

    public Machine Lan { get; }

    public TableRouter Router { get; } = new();

    public TunDevice Device { get; private set; } = null!;

    public TunInbound Tun { get; private set; } = null!;

    public LocalProxy Client { get; private set; } = null!;

    public StubResolver LanResolver { get; private set; } = null!;

    /// <summary>The link of the node's first person.</summary>
    public VlessLink Link { get; private set; } = null!;

    /// <summary>Whether the client has a SOCKS port beside the device.</summary>
    public IPEndPoint? Listen { get; private init; }

    /// <summary>Tunnels held ready on each loop.</summary>
    public int Warm { get; private init; }

    public MachineProcess Serving { get; private set; } = null!;

    public static async Task<World> StartAsync(
        Func<TunOptions, TunOptions>? change = null, bool hasPort = false, bool isFast = false, int warm = 0)
    {
        var world = new World(isFast)
        {
            Listen = hasPort ? new IPEndPoint(IPAddress.Loopback, 1080) : null,
            Warm = warm,
        };
        try
        {
            await world.ServeAsync(TestContext.Current.CancellationToken);
            world.OpenDevice(change ?? (o => o));
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program on dev, whose resolver is the device's.</summary>
    public Task<(int Code, string Printed)> RunAsync(string program, params string[] arguments)
    {
        var resolver = Write("resolv.conf", "nameserver 198.18.0.2\n");
        string[] words = ["-c", Inside, "inside", resolver, "/etc/hosts", program, .. arguments];
        return Dev.RunAsync("unshare", ["-m", "sh", .. words], TestContext.Current.CancellationToken);
    }

    /// <summary>A UDP socket of dev's.</summary>
    public Socket Udp(AddressFamily family = AddressFamily.InterNetwork) =>
        Dev.Enter(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));

    /// <summary>A TCP socket of dev's.</summary>
    public Socket Tcp(AddressFamily family = AddressFamily.InterNetwork) =>
        Dev.Enter(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>Answers every datagram at an address of the origin's with itself.</summary>
    public Echo EchoAt(string endPoint, Machine? machine = null) =>
        (machine ?? Origin).Enter(() => new Echo(IPEndPoint.Parse(endPoint))).Start();

    public async ValueTask DisposeAsync()
    {
        if (Tun is not null)
            await Tun.DisposeAsync();
        if (Client is not null)
            await Client.DisposeAsync();
        Device?.Dispose();
        LanResolver?.Dispose();
        _bed.Dispose();
        Directory.Delete(_folder, recursive: true);
        Assert.Empty(_bugs);
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var site = Start(Origin, "karez-site", "--listen", "[::]:443", "--http", "[::]:80", "--host", Name);
        await site.WaitForAsync("\"}\n", cancellationToken);
        var hosts = Write("hosts", $"203.0.113.10 {Name}\n2001:db8:5::10 {Name}\n2001:db8:5::10 {Name6}\n");
        var nothing = Write("nothing", "");
        for (var attempt = 1; ; attempt++)
        {
            Serving = Node.Start(
                "unshare",
                "-m", "sh", "-c", Inside, "inside", nothing, hosts, Path.Combine(AppContext.BaseDirectory, "karez"),
                "serve", "--state", Path.Combine(_folder, "node"), "--target", "203.0.113.10:443", "--name", Name,
                "--listen", "10.77.0.1:443", "--address", "10.77.0.1:443", "--allow-private", "--json");
            try
            {
                await Serving.WaitForAsync("\"}\n", cancellationToken); // the whole line, not only its beginning
                break;
            }
            catch (BedException) when (attempt < MaxAttempts)
            {
                // On a machine that is busy the site may take longer than a node waits for its target.
            }
        }

        var line = Serving.Printed.Split('\n').First(l => l.Contains("\"link\"", StringComparison.Ordinal));
        using var answer = JsonDocument.Parse(line);
        var problems = new List<Problem>();
        Link = VlessLink.Parse(answer.RootElement.GetProperty("link").GetString()!, problems)
            ?? throw new InvalidOperationException(string.Join("; ", problems));
        LanResolver = Lan.Enter(() => new StubResolver(IPEndPoint.Parse("172.16.5.1:53"))).Start();
    }

    private void OpenDevice(Func<TunOptions, TunOptions> change)
    {
        Device = Dev.Enter(() => TunDevice.Open("karez0"));
        var options = change(TunOptions.Default with
        {
            Mark = Mark,
            DirectResolvers = [LanResolver.EndPoint],
            FarResolvers = [],
        });
        Dev.Ip("link", "set", "karez0", "mtu", "1500", "up");
        Dev.Ip("address", "add", "198.18.0.1/30", "dev", "karez0");
        Dev.Ip("address", "add", "fd6b:6172:657a::1/126", "dev", "karez0", "nodad");
        foreach (var family in (string[])["-4", "-6"])
        {
            Dev.Ip(family, "route", "add", "default", "dev", "karez0", "table", "5000");
            Dev.Ip(family, "rule", "add", "pref", "100", "fwmark", "0x4b5a", "lookup", "main");
            Dev.Ip(family, "rule", "add", "pref", "200", "lookup", "main", "suppress_prefixlength", "0");
            Dev.Ip(family, "rule", "add", "pref", "300", "not", "fwmark", "0x4b5a", "lookup", "5000");
        }

        // Threads of the loops are born in the machine and stay there.
        Client = Dev.Enter(() => LocalProxy.Start(
            new ClientPlan
            {
                Listen = Listen,
                Link = Link,
                Profile = "chromium-156",
                Mark = Mark,
                WarmConnections = Warm,
            },
            BrowserProfile.Default,
            TimeProvider.System,
            Note));
        Tun = Dev.Enter(() => Client.StartTun(Device, options, Router));
    }

    /// <summary>A link; a fast one has the offloads that the kernel gives it, so packets pass joined.</summary>
    private string Connect(Machine one, string oneAddress, Machine other, string otherAddress, bool isFast)
    {
        if (!isFast)
            return _bed.Connect(one, oneAddress, other, otherAddress);
        var name = $"fast{_links++}";
        one.Ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", other.Namespace);
        foreach (var (machine, address) in ((Machine, string)[])[(one, oneAddress), (other, otherAddress)])
        {
            machine.Ip("address", "add", address, "dev", name);
            machine.Ip("link", "set", name, "up");
        }

        return name;
    }

    private static MachineProcess Start(Machine machine, string program, params string[] arguments) =>
        machine.Start(Path.Combine(AppContext.BaseDirectory, program), arguments);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private void Note(Exception exception)
    {
        lock (_bugs)
            _bugs.Add(exception);
    }

    /// <summary>
    /// Runs a program that sees another resolv.conf and hosts, without touching this machine's: in a mount namespace,
    /// also where resolv.conf is a link that leads nowhere.
    /// </summary>
    private const string Inside =
        """
        mount --make-rprivate / &&
        at=$(readlink -m /etc/resolv.conf) &&
        { [ -e "$at" ] || { mount -t tmpfs none /run && mkdir -p "$(dirname "$at")" && touch "$at"; }; } &&
        mount --bind "$1" "$at" && { [ "$2" = /etc/hosts ] || mount --bind "$2" /etc/hosts; } || exit 99
        shift 2
        exec "$@"
        """;
}
