using System.Net;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Client.Rules;
using Karez.Client.Subscriptions;
using Karez.Config;
using Karez.Config.Links;
using Karez.Net.Relay;
using Karez.Proxy;

namespace Karez.Client;

/// <summary>A checked configuration, compiled into what a client is started with.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Profile">The browser to resemble.</param>
public sealed record ClientStart(ClientPlan Plan, BrowserProfile Profile)
{
    /// <summary>Whether local programs must give a password.</summary>
    public bool AsksForPassword => Plan.Credentials is not null;

    /// <summary>
    /// Compiles a configuration. Its first link is used while that node can be reached, and says which browser to
    /// resemble: one machine has one.
    /// </summary>
    /// <param name="config">A checked configuration.</param>
    /// <param name="folder">Where compiled files of rules may be kept; null for memory.</param>
    /// <param name="problems">Receives what is wrong with the profile's name, and with files of rules.</param>
    /// <returns>Null if there was a problem.</returns>
    public static ClientStart? Compile(ClientConfig config, string? folder, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(problems);
        var before = problems.Count;
        var links = config.Links.Select(text => VlessLink.Parse(text, problems)).OfType<VlessLink>().ToList();
        var own = links.Count;
        var subscriptions = (config.Subscriptions ?? []).Select(one => new Subscription(one, folder)).ToList();
        links = WithFurther(links, subscriptions.SelectMany(one => one.Links));
        var link = links.FirstOrDefault();
        if (link is null && problems.Count == before)
        {
            problems.Add(new(
                "$.subscriptions", "there is no link, and none could be fetched", "give a link, or another place"));
        }

        var profile = ProfileOf(config.Profile, link);
        if (profile is null)
        {
            var names = string.Join(", ", BrowserProfile.Names);
            problems.Add(new("$.profile", "there is no such profile", $"\"link\", or one of: {names}"));
        }

        var rules = RuleLoader.Load(config.Route, folder, problems);
        if (problems.Count > before || link is null || profile is null || rules is null)
            return null;
        var plan = new ClientPlan
        {
            Listen = IPEndPoint.Parse(config.Listen),
            Link = link,
            Others = links[1..],
            Own = own,
            Subscriptions = subscriptions,
            Profile = profile.Name,
            Credentials = config is { Username: { } name, Password: { } password }
                ? new ProxyCredentials(name, password)
                : null,
            Version = ClientVersion.TryParse(config.ClientVersion, out var version) ? version : ClientVersion.Stated,
            Answers = config.Answers switch
            {
                ClientConfig.LateAnswers => AnswerMode.Late,
                ClientConfig.EarlyAnswers => AnswerMode.Early,
                _ => AnswerMode.Auto,
            },
            Rules = rules,
            Endpoints = EndpointsOf(config, folder),
            AddressFile = folder is null ? null : Path.Combine(folder, DevicePlan.AddressFile),
            MaxConnections = config.MaxConnections,
            WarmConnections = config.WarmConnections,
            ConnectTimeout = TimeSpan.FromSeconds(config.ConnectTimeoutSeconds),
            Limits = FlowLimits.Default with { Idle = TimeSpan.FromSeconds(config.IdleTimeoutSeconds) },
        };
        return new ClientStart(plan, profile);
    }

    /// <summary>The configuration's own links, then those of subscriptions; each once.</summary>
    internal static List<VlessLink> WithFurther(IEnumerable<VlessLink> own, IEnumerable<VlessLink> further) =>
        [.. own.Concat(further).DistinctBy(link => link.Format()).Take(LinkList.MaxLinks)];

    private static EndpointPlan EndpointsOf(ClientConfig config, string? folder)
    {
        var written = config.Endpoints ?? new EndpointConfig();
        return new EndpointPlan
        {
            TakesFastest = written.Choose == EndpointConfig.Fastest,
            MaxShare = written.MaxSharePercent / 100.0,
            Handshakes = written.Handshakes,
            Connections = written.Connections,
            IsMetered = config.Metered,
            Memory = folder is null ? null : Path.Combine(folder, "networks.json"),
        };
    }

    private static BrowserProfile? ProfileOf(string name, VlessLink? link)
    {
        var wanted = name;
        if (name == ClientConfig.ProfileOfLink)
            wanted = Fingerprints.ProfileOf(link?.Fingerprint ?? "") ?? Fingerprints.Fallback;
        // The newest Chrome that was measured is the default, under Chromium's name.
        if (wanted == Fingerprints.Fallback)
            return BrowserProfile.Default;
        return BrowserProfile.TryGet(wanted, out var profile) ? profile : null;
    }
}
