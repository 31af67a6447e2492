using Karez.Beds;

namespace Karez.EndToEnd.World;

/// <summary>
/// Three machines in a row: client, node, origin; the node passes packets on for those who go directly. A fourth, the
/// device, is a client for tools that take a whole machine.
/// </summary>
internal sealed class BenchWorld : IAsyncDisposable
{
    // Addresses for documentation (RFC 5737): private ones go direct by a client's rules.
    public const string NodeAddress = "198.51.100.1";
    public const string NodeForDevice = "192.0.2.1";
    public const string SiteName = "www.site.test";

    /// <summary>The origin has several addresses, so that tunnels can be routed to without touching the others.</summary>
    public const string Origin = "203.0.113.2";
    public const int HttpPort = 8080;
    public const int HttpsPort = 8443;

    /// <summary>What every machine uses: cubic where the kernel lets namespaces have it, else the first it allows.</summary>
    public static string CongestionControl { get; } = Allowed() is var allowed && allowed.Contains("cubic")
        ? "cubic"
        : allowed[0];

    /// <summary>The round trip of <see cref="GoFar"/>.</summary>
    public static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    private const string ClientAddress = "198.51.100.2";

    private readonly Bed _bed = new();
    private (string One, string Other, Distance Distance) _far;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("karez-bench-");

    private BenchWorld()
    {
        Client = _bed.AddMachine("client");
        Node = _bed.AddMachine("node");
        OriginMachine = _bed.AddMachine("origin");
        Device = _bed.AddMachine("device");
    }

    public Machine Client { get; }

    public Machine Node { get; }

    public Machine OriginMachine { get; }

    public Machine Device { get; }

    /// <summary>Every machine in which tools run.</summary>
    public IReadOnlyList<Machine> Machines => [Client, Device, Node, OriginMachine];

    /// <summary>Configurations, keys, the origin's files.</summary>
    public string Folder => _folder.FullName;

    public string CertificatePath => Path.Combine(Folder, "site.crt");

    public string KeyPath => Path.Combine(Folder, "site.key");

    public static async Task<BenchWorld> StartAsync(CancellationToken cancellationToken)
    {
        var world = new BenchWorld();
        try
        {
            await world.BuildAsync(cancellationToken);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a configuration file, and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a program in a machine; it has to succeed.</summary>
    public static async Task<string> RunAsync(
        Machine machine, string[] words, CancellationToken cancellationToken)
    {
        var (code, printed) = await machine.RunAsync(words[0], words[1..], cancellationToken);
        return code == 0 ? printed : throw new BenchException($"{string.Join(' ', words)}: {printed}");
    }

    /// <summary>Lets client and node reach one another over a distance until the answer is disposed.</summary>
    public IDisposable GoFar()
    {
        Client.Ip("route", "replace", $"{NodeAddress}/32", "via", "10.91.3.1", "src", ClientAddress);
        Client.Ip("route", "replace", "203.0.113.0/24", "via", "10.91.3.1", "src", ClientAddress);
        Node.Ip("route", "replace", $"{ClientAddress}/32", "via", "10.91.3.2", "src", NodeAddress);
        return new Return(this);
    }

    private void ComeNear()
    {
        Client.Ip("route", "delete", $"{NodeAddress}/32");
        Client.Ip("route", "replace", "203.0.113.0/24", "via", NodeAddress);
        Node.Ip("route", "delete", $"{ClientAddress}/32");
    }

    public ValueTask DisposeAsync()
    {
        _far.Distance?.Dispose(); // Null when building failed before it.
        _bed.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string[] Allowed() =>
        File.ReadAllText("/proc/sys/net/ipv4/tcp_allowed_congestion_control").Trim().Split(' ');

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        _bed.Connect(Client, $"{ClientAddress}/24", Node, $"{NodeAddress}/24", offloads: true);
        _bed.Connect(Device, "192.0.2.2/24", Node, $"{NodeForDevice}/24", offloads: true);
        _far = _bed.ConnectFar(Client, "10.91.3.2/24", Node, "10.91.3.1/24", RoundTrip / 2);
        var toOrigin = _bed.Connect(Node, "203.0.113.1/24", OriginMachine, $"{Origin}/24", offloads: true);
        for (var last = 3; last <= 9; last++)
            OriginMachine.Ip("address", "add", $"203.0.113.{last}/24", "dev", toOrigin);
        Client.Ip("route", "add", "203.0.113.0/24", "via", NodeAddress);
        Device.Ip("route", "add", "default", "via", NodeForDevice);
        OriginMachine.Ip("route", "add", "default", "via", "203.0.113.1");
        foreach (var machine in Machines)
        {
            await RunAsync(
                machine,
                [
                    "sysctl", "-qw", $"net.ipv4.tcp_congestion_control={CongestionControl}", "net.ipv4.ip_forward=1",
                    "net.ipv4.ip_local_port_range=10240 65000", "net.ipv4.tcp_tw_reuse=1",
                ],
                cancellationToken);
        }

        await OriginSite.StartAsync(this, cancellationToken);
    }

    private sealed class Return(BenchWorld world) : IDisposable
    {
        public void Dispose() => world.ComeNear();
    }
}
