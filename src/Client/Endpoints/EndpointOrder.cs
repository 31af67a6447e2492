namespace Karez.Client.Endpoints;

/// <summary>In which order a flow tries the nodes.</summary>
internal static class EndpointOrder
{
    /// <summary>Shares mean nothing before so much has passed (our choice).</summary>
    public const long FirstOctets = 16 << 20;

    // Another one has to be so much quicker to be taken, or flows would hop to and fro.
    private const double Better = 0.7;

    /// <summary>
    /// Those that can be reached, then those that rest; in each half those within their share and their connections
    /// first; then by preference: the order given, or the time of their handshakes.
    /// </summary>
    /// <param name="views">The nodes.</param>
    /// <param name="current">The one that took the last flow.</param>
    /// <param name="total">Octets by way of all addresses.</param>
    /// <param name="plan">The limits.</param>
    public static int[] Of(IReadOnlyList<EndpointView> views, int current, long total, EndpointPlan plan) =>
    [
        .. Enumerable.Range(0, views.Count)
            .OrderBy(i => views[i].Rests)
            .ThenBy(i => IsOverShare(views[i], total, plan))
            .ThenBy(i => views[i].IsFull)
            .ThenBy(i => plan.TakesFastest ? Cost(views[i], i == current) : 0)
            .ThenBy(i => i),
    ];

    /// <summary>Whether an address has had more than its share.</summary>
    public static bool IsOverShare(in EndpointView view, long total, EndpointPlan plan) =>
        plan.MaxShare < 1 && total >= FirstOctets && view.Octets > plan.MaxShare * total;

    private static double Cost(in EndpointView view, bool isCurrent)
    {
        if (view.Latency is not { } latency)
            return double.MaxValue;
        return latency.TotalMilliseconds * (isCurrent ? Better : 1);
    }
}
