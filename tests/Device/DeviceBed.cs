using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Karez.Beds;
using Karez.Sys;
using Karez.Tests;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>
/// A person's machine behind a carrier's router, a node with its target, and an origin behind the node, all as real
/// programs. The person's machine has an /etc and a /run of its own.
/// </summary>
internal sealed class DeviceBed : IAsyncDisposable
{
    public const string Site = "www.karez-site.test";
    public const string Origin = "203.0.113.80";
    public static readonly IPEndPoint NodeAt = new(IPAddress.Parse("198.51.100.2"), 443);

    private const string AddressesKnown = "while ip address | grep -q tentative; do sleep 0.05; done";

    // Where a script that prepares the machine puts programs of its own.
    private static readonly string s_path = $"PATH=/run/bin:{Environment.GetEnvironmentVariable("PATH")}";

    private readonly Bed _bed = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kzd").FullName;
    private MachineProcess _anchor = null!;
    private MachineProcess _site = null!;
    private int _https;

    private DeviceBed()
    {
    }

    public static string? WhyNot =>
        Bed.WhyNot ?? (!Nftables.IsPresent || !File.Exists("/usr/sbin/nft")
            ? "nftables is missing: apt-get install -y --no-install-recommends nftables libnftables1"
            : !File.Exists("/dev/net/tun") ? "there is no /dev/net/tun"
            : !File.Exists("/usr/sbin/dnsmasq") ? "dnsmasq is missing: apt-get install -y dnsmasq-base" : null);

    public Machine Near { get; private set; } = null!;

    public Machine Far { get; private set; } = null!;

    public Machine NodeMachine { get; private set; } = null!;

    /// <summary>The person's outer interface.</summary>
    public string Link { get; private set; } = "";

    /// <summary>Another way out, by 10.8.0.2: down at first, and no default route leads there.</summary>
    public string SecondLink { get; private set; } = "";

    public string Vless { get; private set; } = "";

    public MachineProcess Node { get; private set; } = null!;

    public string State => Path.Combine(_folder, "state");

    /// <summary>The leaks' watcher, begun before anything was changed.</summary>
    public OuterWire Wire { get; private set; } = null!;

    private static string Karez => Path.Combine(AppContext.BaseDirectory, "karez");

    /// <summary>Builds it.</summary>
    /// <param name="prepare">A script that is run in the person's machine, in its own mount namespace.</param>
    /// <param name="hasSecondLink">Whether there is another way out, see <see cref="SecondLink"/>.</param>
    public static async Task<DeviceBed> StartAsync(string prepare = "", bool hasSecondLink = false)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        var bed = new DeviceBed();
        try
        {
            await bed.BuildAsync(prepare, hasSecondLink);
            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program on the person's machine, with its files.</summary>
    public MachineProcess Start(string program, params IReadOnlyList<string> arguments) =>
        Near.Start("nsenter", ["-t", $"{_anchor.Id}", "-m", "--", "env", s_path, program, .. arguments]);

    public async Task<(int Code, string Printed)> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return (await process.WaitForExitAsync(patience.Token), process.Printed);
    }

    /// <summary>karez on the person's machine.</summary>
    public Task<(int Code, string Printed)> KarezAsync(string command, params IReadOnlyList<string> arguments) =>
        RunAsync(Karez, [command, .. arguments, "--state", State]);

    /// <summary>karez connect --tun, until it says that the node answered.</summary>
    public async Task<MachineProcess> ConnectAsync(params IReadOnlyList<string> options)
    {
        var process = BeginConnecting(options);
        await HearAsync(process, "connected");
        return process;
    }

    public MachineProcess BeginConnecting(params IReadOnlyList<string> options) =>
        Start(Karez, ["connect", Vless, "--tun", .. options, "--state", State]);

    /// <summary>The same by a configuration's file, until it says that the node answered.</summary>
    public async Task<MachineProcess> ConnectByAsync(string config)
    {
        var path = Path.Combine(_folder, "client.json");
        await File.WriteAllTextAsync(path, config);
        var process = Start(Karez, ["connect", "--config", path, "--tun", "--state", State]);
        await HearAsync(process, "connected");
        return process;
    }

    /// <summary>A phone at an interface of its own, which has no address yet that anybody knows.</summary>
    public async Task<(Machine Phone, string Lan)> AddPhoneAsync()
    {
        var phone = _bed.AddMachine("phone");
        var lan = _bed.Connect(Near, "169.254.7.1/30", phone, "169.254.7.2/30");
        // Until its link-local address is no duplicate, the kernel has no route to it: a snapshot would differ.
        await RunAsync("sh", "-c", AddressesKnown);
        return (phone, lan);
    }

    /// <summary>karez gateway, until it says that the node answered.</summary>
    public async Task<MachineProcess> GatewayAsync(string lan, params IReadOnlyList<string> options)
    {
        var process = Start(Karez, ["gateway", Vless, "--lan", lan, .. options, "--state", State]);
        await HearAsync(process, "connected");
        return process;
    }

    public static async Task HearAsync(MachineProcess process, string text, int seconds = 40)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForAsync(text, patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"never said \"{text}\" but: {process.Printed}");
        }
    }

    /// <summary>Fetches so many octets from the origin; null, or what curl says.</summary>
    public async Task<string?> FetchAsync(int octets = 1000, string host = Origin, int seconds = 20)
    {
        var (code, printed) = await RunAsync(
            "curl", "-sS", "-m", $"{seconds}", "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
            $"http://{host}/bytes/{octets}");
        return code == 0 && printed == $"200 {octets}" ? null : $"{code}: {printed}";
    }

    public async Task<JsonElement> StatusAsync()
    {
        var (_, printed) = await KarezAsync("status", "--json");
        return JsonDocument.Parse(printed).RootElement.Clone();
    }

    public async Task StateIsAsync(string state, int seconds = 20)
    {
        JsonElement last = default;
        for (var began = Stopwatch.StartNew(); began.Elapsed < TimeSpan.FromSeconds(seconds);)
        {
            last = await StatusAsync();
            if (last.GetProperty("state").GetString() == state)
                return;
            await Task.Delay(100);
        }

        Assert.Fail($"not {state} but: {last}");
    }

    public Task<string> SnapshotAsync() => SnapshotOf(["/etc/resolv.conf"]);

    public static Task SignalAsync(MachineProcess process, string signal) =>
        Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExitAsync();

    /// <summary>From now on the link names the node by a name.</summary>
    public void UseName() =>
        Vless = Vless.Replace("@198.51.100.2:443?", "@node.example.com:443?", StringComparison.Ordinal);

    /// <summary>Takes an address from the outer interface and gives it another, with the same router.</summary>
    /// <returns>Since when the new way is being given.</returns>
    public Stopwatch Move(string from, string to)
    {
        Near.Ip("address", "delete", $"{from}/24", "dev", Link);
        Near.Ip("address", "add", $"{to}/24", "dev", Link);
        var began = Stopwatch.StartNew();
        Near.Ip("route", "replace", "default", "via", "10.9.0.2", "dev", Link);
        return began;
    }

    /// <summary>Leaves one interface for another, as from Wi-Fi to cellular.</summary>
    /// <returns>Since when the new way is being given.</returns>
    public Stopwatch Move(string from, string to, string router)
    {
        Near.Ip("link", "set", from, "down"); // its routes go with it
        return TakeWay(to, router);
    }

    /// <summary>Gives the machine a way out by an interface that is down.</summary>
    public Stopwatch TakeWay(string link, string router)
    {
        Near.Ip("link", "set", link, "up");
        // The kernel may take a second to see a veth's carrier at either end, and drops what is sent meanwhile.
        foreach (var machine in (Machine[])[Near, Far])
        {
            while (!machine.Ip("link", "show", link).Contains("state UP", StringComparison.Ordinal))
                Thread.Sleep(5);
        }

        var began = Stopwatch.StartNew();
        Near.Ip("route", "add", "default", "via", router, "dev", link);
        return began;
    }

    /// <summary>The hardware address of one end of a link.</summary>
    public static string HardwareOf(Machine machine, string link) =>
        Regex.Match(machine.Ip("link", "show", link), "link/ether ([0-9a-f:]{17})").Groups[1].Value;

    /// <summary>A router on the way to the node that drops all that it gets, and tells nobody.</summary>
    public async Task SwallowAsync(bool does) => Assert.Equal(0, (await Far.RunAsync(
        "nft",
        [does
            ? "add table ip hole; add chain ip hole passing { type filter hook forward priority 0; policy drop; }"
            : "delete table ip hole"],
        default)).Code);

    public async Task StopSiteAsync()
    {
        await SignalAsync(_site, "KILL");
        await _site.WaitForExitAsync(default);
    }

    /// <summary>Starts the node's target again where it was, and the origin with it.</summary>
    public async Task RestartSiteAsync()
    {
        _site = StartSite($"127.0.0.1:{_https}");
        await HearAsync(_site, "}\n");
    }

    /// <summary>Starts the node again after it was ended.</summary>
    public async Task StartNodeAsync()
    {
        // The node asks the far resolver, as its own machine would.
        Node = NodeMachine.Start(
            "sh", "-c", """
            mkdir -p "$0/upper" "$0/work" &&
            mount -t overlay etc -o lowerdir=/etc,upperdir=$0/upper,workdir=$0/work /etc &&
            rm -f /etc/resolv.conf && printf 'nameserver 198.51.100.53\n' > /etc/resolv.conf && exec "$@"
            """, Path.Combine(_folder, "node-etc"),
            Karez, "serve", "--target", $"127.0.0.1:{_https}", "--name", Site, "--listen", "198.51.100.2:443",
            "--address", "198.51.100.2:443", "--allow-private", "--json", "--state", Path.Combine(_folder, "node"));
        await HearAsync(Node, "}\n"); // its answer, whole
    }

    public async ValueTask DisposeAsync()
    {
        Wire?.Dispose();
        _bed.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            await Task.Delay(300); // The overlay of a namespace that just ended.
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task BuildAsync(string prepare, bool hasSecondLink)
    {
        Near = _bed.AddMachine("near");
        Far = _bed.AddMachine("far");
        NodeMachine = _bed.AddMachine("node");
        Link = _bed.Connect(Near, "10.9.0.1/24", Far, "10.9.0.2/24");
        _bed.Connect(Far, "198.51.100.1/24", NodeMachine, "198.51.100.2/24");
        Near.Ip("address", "add", "2001:db8::1/64", "dev", Link, "nodad");
        Near.Ip("route", "add", "default", "via", "10.9.0.2");
        Near.Ip("-6", "route", "add", "default", "via", "2001:db8::2");
        Far.Ip("address", "add", "2001:db8::2/64", "dev", Link, "nodad");
        Far.Ip("route", "add", "default", "via", "198.51.100.2");
        NodeMachine.Ip("route", "add", "default", "via", "198.51.100.1");
        if (hasSecondLink)
        {
            SecondLink = _bed.Connect(Near, "10.8.0.1/24", Far, "10.8.0.2/24");
            // A router that looked in vain for who had left would wait before it looks again: that is its own matter.
            foreach (var (link, address) in new[] { (Link, "10.9.0.1"), (SecondLink, "10.8.0.1") })
                Far.Ip("neigh", "replace", address, "lladdr", HardwareOf(Near, link), "nud", "permanent", "dev", link);
            Near.Ip("link", "set", SecondLink, "down");
        }

        foreach (var address in (string[])[$"{Origin}/32", "198.51.100.53/32", "1.1.1.1/32", "2001:db8:77::80/128"])
            NodeMachine.Ip("address", "add", address, "dev", "lo");
        await Far.RunAsync("sh", ["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], default);
        NodeMachine.Start(
            "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--listen-address=198.51.100.53,1.1.1.1",
            "--bind-interfaces", "--user=root", $"--address=/origin.example.com/{Origin}",
            "--address=/node.example.com/198.51.100.2");
        _site = StartSite("127.0.0.1:0");
        _anchor = Near.Start("sh", "-c", """
            mkdir -p "$1/upper" "$1/work" &&
            mount -t overlay etc -o lowerdir=/etc,upperdir=$1/upper,workdir=$1/work /etc &&
            mount -t tmpfs run /run && rm -f /etc/resolv.conf &&
            printf 'nameserver 198.51.100.53\n' > /etc/resolv.conf || exit 1
            eval "$2"
            eval "$3"
            echo ready; exec sleep 100000
            """, "sh", Path.Combine(_folder, "etc"), prepare, AddressesKnown);
        await HearAsync(_anchor, "ready");
        await HearAsync(_site, "}\n");
        _https = JsonDocument.Parse(_site.Printed.Split('\n')[0]).RootElement.GetProperty("https").GetInt32();
        await StartNodeAsync();
        var line = Node.Printed.Split('\n').First(text => text.StartsWith('{'));
        Vless = JsonDocument.Parse(line).RootElement.GetProperty("link").GetString()!;
        Wire = new OuterWire(Far, Near, NodeAt);
    }

    private MachineProcess StartSite(string listen) => NodeMachine.Start(
        Path.Combine(AppContext.BaseDirectory, "karez-site"), "--host", Site, "--listen", listen, "--http",
        $"{Origin}:80", "--state", Path.Combine(_folder, "site"));

    private async Task<string> SnapshotOf(string[] files)
    {
        var (_, network) = await RunAsync("sh", ["-c", MachineSnapshot.Script, "sh", .. files]);
        return MachineSnapshot.WithoutTimes(network);
    }
}
