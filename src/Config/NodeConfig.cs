using System.Globalization;
using System.Net;

namespace Karez.Config;

/// <summary>What a node is told: the written form of <c>node.json</c>.</summary>
/// <param name="Target">The site that strangers reach: <c>HOST[:PORT]</c> or <c>unix:PATH</c>.</param>
/// <param name="Listen">Where the node listens, <c>ADDRESS:PORT</c>; <c>[::]:443</c> takes IPv4 too.</param>
/// <param name="Name">The server name that clients put into their hello; the target's host if left out.</param>
/// <param name="Address">What links carry, <c>HOST[:PORT]</c>; this machine's public address if left out.</param>
/// <param name="ProxyProtocol">Begins connections to the target with a PROXY protocol header (version 2).</param>
/// <param name="Egress">Addresses of this machine from which the exit connects; people are spread over them.</param>
/// <param name="AllowPrivate">Lets the exit reach loopback, private and link-local addresses; for laboratories.</param>
/// <param name="StrictHybrid">Refuses hellos without an X25519MLKEM768 share, as Xray 26.9.8 and later do.</param>
/// <param name="MinClientVersion">The lowest client version let in, such as <c>26.3.27</c>; any if left out.</param>
/// <param name="MaxConnections">Connections held at once; above it the node stops accepting until some end.</param>
/// <param name="TargetConnectionsPerSecond">New connections to the target in one second; strangers above it
///     wait.</param>
/// <param name="IdleTimeoutSeconds">Seconds after which a flow that carries nothing is closed.</param>
/// <param name="DrainSeconds">Seconds that running flows are given to end after SIGTERM.</param>
/// <param name="Sharing">Takes TCP in Mux.Cool from accounts with Vision: how Karez clients hold few
///     connections.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record NodeConfig(
    string Target,
    string Listen = "[::]:443",
    string? Name = null,
    string? Address = null,
    bool ProxyProtocol = false,
    IReadOnlyList<string>? Egress = null,
    bool AllowPrivate = false,
    bool StrictHybrid = false,
    string? MinClientVersion = null,
    int MaxConnections = 20_000,
    int TargetConnectionsPerSecond = 1_000,
    int IdleTimeoutSeconds = 300,
    int DrainSeconds = 10,
    bool Sharing = true,
    int Version = NodeConfig.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>
    /// The server name in force: <see cref="Name"/>, or the target's host; null for a nameless socket.
    /// </summary>
    public string? EffectiveName() =>
        Name ?? (Endpoint.TryParse(Target, 443, out var target) && !target.IsUnix ? target.Host : null);

    /// <summary>Reads and checks a file, collecting every problem.</summary>
    /// <returns>The configuration, or null if there was a problem.</returns>
    public static NodeConfig? Read(ReadOnlyMemory<byte> utf8, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var config = StrictJson.Read(utf8, ConfigJson.Default.NodeConfig, problems);
        var before = problems.Count;
        config?.Check(problems);
        return problems.Count > before ? null : config;
    }

    /// <summary>Checks what the shape alone cannot say.</summary>
    public void Check(ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (Version != CurrentVersion)
            problems.Add(Problem.OfVersion(CurrentVersion));
        CheckListen("$.listen", Listen, problems);
        CheckTarget(problems);
        if (Address is not null && (!Endpoint.TryParse(Address, 443, out var address) || address.IsUnix))
            problems.Add(new("$.address", "not HOST or HOST:PORT", "write for example \"203.0.113.7:443\""));
        for (var i = 0; i < Egress?.Count; i++)
        {
            if (!IPAddress.TryParse(Egress[i], out _))
                problems.Add(new($"$.egress[{i}]", "not an address", "write for example \"203.0.113.8\""));
        }

        if (MinClientVersion is not null && !TryParseVersion(MinClientVersion, out _))
            problems.Add(new("$.minClientVersion", "not a version", "write three numbers, for example \"26.3.27\""));
        CheckRange("$.maxConnections", MaxConnections, 16, 1_000_000, problems);
        CheckRange("$.targetConnectionsPerSecond", TargetConnectionsPerSecond, 1, 100_000, problems);
        CheckRange("$.idleTimeoutSeconds", IdleTimeoutSeconds, 10, 86_400, problems);
        CheckRange("$.drainSeconds", DrainSeconds, 0, 3_600, problems);
    }

    /// <summary>Reads <c>X.Y.Z</c>, each at most 255, as the 24-bit number that hellos carry.</summary>
    public static bool TryParseVersion(string text, out int version)
    {
        ArgumentNullException.ThrowIfNull(text);
        version = 0;
        var parts = text.Split('.');
        if (parts.Length != 3)
            return false;
        foreach (var part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            version = (version << 8) | number;
        }

        return true;
    }

    internal static void CheckListen(string path, string listen, ICollection<Problem> problems)
    {
        if (!Endpoint.TryParse(listen, null, out var endpoint) || endpoint.Address is null)
            problems.Add(new(path, "not ADDRESS:PORT", "write for example \"[::]:443\" or \"127.0.0.1:1080\""));
    }

    internal static void CheckRange(string path, int value, int low, int high, ICollection<Problem> problems)
    {
        if (value < low || value > high)
            problems.Add(new(path, $"{value} is out of range", $"choose from {low} to {high}"));
    }

    private void CheckTarget(ICollection<Problem> problems)
    {
        if (!Endpoint.TryParse(Target, 443, out var target) || target.Port == 0)
        {
            problems.Add(new(
                "$.target", "not HOST, HOST:PORT or unix:PATH", "write for example \"www.example.com:443\""));
            return;
        }

        if (Name is not null && !HostName.IsName(Name))
            problems.Add(new("$.name", "not a host name", "write the name on the target's certificate"));
        if (Name is null && (target.IsUnix || target.Address is not null))
            problems.Add(new(
                "$.name", "missing, and the target is not a name", "give the name on the target's certificate"));
    }
}
