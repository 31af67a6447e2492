using Karez.Config.Links;

namespace Karez.Config;

/// <summary>What a client is told: the written form of <c>client.json</c>.</summary>
/// <param name="Links">The nodes' links, the first being the preferred one.</param>
/// <param name="Listen">Where SOCKS5 and HTTP are served, <c>ADDRESS:PORT</c>.</param>
/// <param name="Username">The name that local programs must give; none if left out.</param>
/// <param name="Password">The password that goes with <paramref name="Username"/>.</param>
/// <param name="Profile">The browser whose hello is sent: a profile's name, or <c>link</c> for what the link
///     says.</param>
/// <param name="ClientVersion">The version that the hello reports to the node.</param>
/// <param name="Answers">When local programs hear that their connection stands: <c>auto</c>, <c>late</c> or
///     <c>early</c>.</param>
/// <param name="MaxConnections">Connections held at once; above it the client stops accepting until some end.</param>
/// <param name="ConnectTimeoutSeconds">Seconds in which a node must have answered.</param>
/// <param name="WarmConnections">Connections to the node held ready for each core while it is used; 0 for none.</param>
/// <param name="IdleTimeoutSeconds">Seconds after which a flow that carries nothing is closed.</param>
/// <param name="Route">Which way flows go; left out, private addresses go direct and all else through the
///     channel.</param>
/// <param name="Subscriptions">Where further links come from.</param>
/// <param name="Endpoints">How several nodes are used.</param>
/// <param name="Metered">Whether octets cost money here: probes and updates become few.</param>
/// <param name="Version">The version of this file's shape.</param>
public sealed record ClientConfig(
    IReadOnlyList<string> Links,
    string Listen = "127.0.0.1:1080",
    string? Username = null,
    string? Password = null,
    string Profile = ClientConfig.ProfileOfLink,
    string ClientVersion = "26.7.28",
    string Answers = ClientConfig.AutoAnswers,
    int MaxConnections = 20_000,
    int ConnectTimeoutSeconds = 15,
    int WarmConnections = 0,
    int IdleTimeoutSeconds = 300,
    RouteConfig? Route = null,
    IReadOnlyList<SubscriptionConfig>? Subscriptions = null,
    EndpointConfig? Endpoints = null,
    bool Metered = false,
    int Version = ClientConfig.CurrentVersion)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The profile that follows the link's <c>fp</c> key.</summary>
    public const string ProfileOfLink = "link";

    /// <summary>Early to web ports that stood within the last ten minutes, late to all others.</summary>
    public const string AutoAnswers = "auto";

    /// <summary>Once the node has reached the destination, where the node can tell.</summary>
    public const string LateAnswers = "late";

    /// <summary>At once.</summary>
    public const string EarlyAnswers = "early";

    /// <summary>Reads and checks a file, collecting every problem.</summary>
    /// <returns>The configuration, or null if there was a problem.</returns>
    public static ClientConfig? Read(ReadOnlyMemory<byte> utf8, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var config = StrictJson.Read(utf8, ConfigJson.Default.ClientConfig, problems);
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
        if (Links.Count > LinkList.MaxLinks || (Links.Count == 0 && Subscriptions is not { Count: > 0 }))
        {
            var hint = $"give from 1 to {LinkList.MaxLinks}, or a subscription";
            problems.Add(new("$.links", $"{Links.Count} links", hint));
        }

        if (Subscriptions?.Count > 16)
            problems.Add(new("$.subscriptions", $"{Subscriptions.Count} subscriptions", "give at most 16"));
        for (var i = 0; i < Subscriptions?.Count; i++)
            Subscriptions[i].Check($"$.subscriptions[{i}]", problems);
        for (var i = 0; i < Links.Count; i++)
        {
            var inLink = new List<Problem>();
            VlessLink.Parse(Links[i], inLink);
            foreach (var problem in inLink)
                problems.Add(problem with { Path = $"$.links[{i}] {problem.Path}" });
        }

        NodeConfig.CheckListen("$.listen", Listen, problems);
        CheckPassword(problems);
        if (!NodeConfig.TryParseVersion(ClientVersion, out _))
            problems.Add(new("$.clientVersion", "not a version", "write three numbers, for example \"26.7.28\""));
        if (Answers is not (AutoAnswers or LateAnswers or EarlyAnswers))
            problems.Add(new("$.answers", "not a way to answer", "write \"auto\", \"late\" or \"early\""));
        NodeConfig.CheckRange("$.maxConnections", MaxConnections, 16, 1_000_000, problems);
        NodeConfig.CheckRange("$.connectTimeoutSeconds", ConnectTimeoutSeconds, 1, 120, problems);
        NodeConfig.CheckRange("$.warmConnections", WarmConnections, 0, 16, problems);
        NodeConfig.CheckRange("$.idleTimeoutSeconds", IdleTimeoutSeconds, 10, 86_400, problems);
        Route?.Check(problems);
        Endpoints?.Check(problems);
    }

    /// <summary>Where it listens, never the links or the password.</summary>
    public override string ToString() => $"{nameof(ClientConfig)} {Listen}";

    private void CheckPassword(ICollection<Problem> problems)
    {
        if (Username is null != Password is null)
            problems.Add(new("$.username", "a name and a password belong together", "give both or neither"));
        // RFC 1929 section 2: one length octet for each.
        if (Username is { } name && System.Text.Encoding.UTF8.GetByteCount(name) is 0 or > 255)
            problems.Add(new("$.username", "not 1 to 255 octets", "choose a shorter one"));
        if (Password is { } password && System.Text.Encoding.UTF8.GetByteCount(password) is 0 or > 255)
            problems.Add(new("$.password", "not 1 to 255 octets", "choose a shorter one"));
    }
}
