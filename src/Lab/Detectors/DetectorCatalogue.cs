namespace Karez.Lab.Detectors;

/// <summary>The detectors there are; each call makes fresh ones.</summary>
public static class DetectorCatalogue
{
    private static readonly Func<IDetector>[] s_all =
    [
        () => new DnsNames(), () => new ServerNames(), () => new StatelessNames(), () => new QuicNames(),
        () => new BlockedAddresses(), () => new Port443Regime(), () => new FullyEncrypted(), () => new OpenVpn(),
        () => new WireGuard(), () => new NestedHandshake(), () => new TrojanSums(), () => new LongRequests(),
        () => new TrojanTree(), () => new CrossLayer(), () => new Multiplexing(), () => new RareHello(),
        () => new SteadyHello(order: true), () => new SteadyHello(order: false), () => new ParallelConnections(),
        () => new HostingFreeze(), () => new UnexplainedName(), () => new ForeignAsn(), () => new TicketLengths(),
        () => new InnerShape(), () => new DayOfSubscriber(), () => new HostAccumulation(), () => new DualRole(),
        () => new FanOut(), () => new Messengers(),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IDetector> All() => [.. s_all.Select(make => make())];

    /// <summary>Those with these names; all of them when none is given.</summary>
    /// <exception cref="LabException">There is none of a name.</exception>
    public static IReadOnlyList<IDetector> Named(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var all = All();
        if (names.FirstOrDefault(name => all.All(each => each.Info.Name != name)) is { } unknown)
            throw new LabException($"no detector is called {unknown}", "karez-lab list detectors names them");
        return names.Count == 0 ? all : [.. all.Where(each => names.Contains(each.Info.Name))];
    }
}
