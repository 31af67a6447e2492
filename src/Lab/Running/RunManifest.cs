namespace Karez.Lab.Running;

/// <summary>Who was who in a run: the written form of <c>manifest.json</c> in the run's folder.</summary>
/// <param name="Version">The version of this file's shape.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Started">The wall clock at the run's start; every other time is seconds since then.</param>
/// <param name="Seconds">How long traffic was sent.</param>
/// <param name="Subscribers">The people; a subscriber's index is his place in this list.</param>
/// <param name="Tools">The tools and their servers.</param>
/// <param name="Prefixes">Who holds which addresses.</param>
/// <param name="Sites">Names, and where they are.</param>
/// <param name="Sessions">What each subscriber did and when.</param>
/// <param name="Captures">Which file holds whose packets.</param>
/// <param name="Router">How exact the router was.</param>
/// <param name="Line">One subscriber's line on the chain's way.</param>
public sealed record RunManifest(
    int Version,
    string Scenario,
    int Seed,
    DateTimeOffset Started,
    double Seconds,
    IReadOnlyList<SubscriberEntry> Subscribers,
    IReadOnlyList<ToolEntry> Tools,
    IReadOnlyList<PrefixEntry> Prefixes,
    IReadOnlyList<SiteEntry> Sites,
    IReadOnlyList<SessionEntry> Sessions,
    IReadOnlyList<CaptureEntry> Captures,
    RouterEntry Router,
    IReadOnlyList<LineCheck>? Line = null)
{
    /// <summary>The version of this file's shape that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The file's name in a run's folder.</summary>
    public const string FileName = "manifest.json";
}
