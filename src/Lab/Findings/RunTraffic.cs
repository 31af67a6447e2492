using Karez.Lab.Detectors;
using Karez.Lab.Running;

namespace Karez.Lab.Findings;

/// <summary>All flows of a run, by their beginning, and who was who.</summary>
/// <param name="Manifest">Who was who.</param>
/// <param name="Detectors">The detectors that looked.</param>
/// <param name="Flows">The flows.</param>
internal sealed record RunTraffic(
    RunManifest Manifest, IReadOnlyList<DetectorInfo> Detectors, IReadOnlyList<SeenFlow> Flows)
{
    /// <summary>The group of those who browse without a tool.</summary>
    public const string Browser = "browser";

    /// <summary>The group of those whose pages are only fetched.</summary>
    public const string Fetch = "fetch";

    private readonly Lazy<string[]> _groups = new(() =>
    {
        var browsing = Manifest.Sessions.Where(session => session.Kind != Fetch)
            .Select(session => session.Subscriber).ToHashSet();
        return [.. Manifest.Subscribers.Select((one, i) => one.Tool ?? (browsing.Contains(i) ? Browser : Fetch))];
    });

    /// <summary>The groups that have anybody: tools in the manifest's order, then the others.</summary>
    public IEnumerable<string> Groups =>
        Manifest.Tools.Select(tool => tool.Name).Append(Browser).Append(Fetch).Where(_groups.Value.Contains);

    /// <summary>A subscriber's group: his tool, or how he goes without.</summary>
    public string GroupOf(int subscriber) => _groups.Value[subscriber];

    /// <summary>
    /// The flows by which a group is judged: to the tool's server; of the others whatever is no question to a resolver.
    /// </summary>
    public IEnumerable<SeenFlow> FlowsOf(string group) => Flows.Where(flow =>
        GroupOf(flow.Record.Subscriber) == group && !flow.IsQuestion
        && (group is Browser or Fetch || flow.Tool == group));
}
