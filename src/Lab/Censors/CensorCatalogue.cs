using Karez.Lab.Detectors;
using Karez.Lab.Router;

namespace Karez.Lab.Censors;

/// <summary>The firewalls there are, by the names that scenarios use.</summary>
public static class CensorCatalogue
{
    private static readonly ResetShape[] s_none = [];

    private static readonly CensorRule[] s_rules =
    [
        new("t03-sni", () => new ServerNames(), Shapes("I", "II", "III"), true, default, Constants.SniLatency.Value,
            BlockScope.ResetsAgain, Constants.SniResidual.Value),
        new("t04-henan", () => new StatelessNames(), Shapes("Henan"), false, Constants.HenanPayload.Value,
            (2.3, Constants.HenanLatency.Value, 30.5), BlockScope.None, 0),
        new("t06-quic-sni", () => new QuicNames(), s_none, false, default,
            (Constants.QuicLatency.Value / 2, Constants.QuicLatency.Value, 5600), BlockScope.FromClient,
            Constants.QuicResidual.Value, Share: QuicShare),
        new("t07-address", () => new BlockedAddresses(), s_none, false, default, default, BlockScope.FromServer,
            86_400 * 30),
        new("t08-port443", () => new Port443Regime { IsOn = true }, Shapes("II"), true, default, (1, 2, 10),
            BlockScope.None, 0),
        new("t09-fet", () => new FullyEncrypted(), s_none, false, default, default, BlockScope.FromClient,
            Constants.FetBlock.Value.Seconds, Share: _ => Constants.FetBlock.Value.Share),
        new("t19-parallel", () => new ParallelConnections(), s_none, false, default, default,
            BlockScope.NewConnections, Constants.ParallelWindow.Value),
        new("t20-16k", () => new HostingFreeze(), s_none, false, default, default, BlockScope.None, 3600,
            Freezes: true),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names => ["t01-dns", .. s_rules.Select(rule => rule.Name)];

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="place">Where it sits.</param>
    /// <param name="around">What it knows.</param>
    /// <exception cref="LabException">There is none of this name.</exception>
    public static ICensor Make(string name, Place place, Surroundings around) => name == "t01-dns"
        ? new DnsInjector(place, around)
        : new DetectorCensor(
            s_rules.FirstOrDefault(rule => rule.Name == name)
                ?? throw new LabException($"no censor is called {name}", $"there are {string.Join(", ", Names)}"),
            place,
            around);

    private static ResetShape[] Shapes(params string[] injectors) =>
        [.. Constants.Resets.Value.Where(shape => injectors.Contains(shape.Injector))];

    /// <summary>Between the hours that are published, straight lines around the clock.</summary>
    private static double QuicShare(double hour)
    {
        var points = Constants.QuicShare.Value;
        for (var i = 0; i < points.Length; i++)
        {
            var (from, to) = (points[i], points[(i + 1) % points.Length]);
            var length = (to.Hour - from.Hour + 24) % 24;
            var at = (hour - from.Hour + 24) % 24;
            if (at <= length)
                return from.Share + ((to.Share - from.Share) * at / length);
        }

        return points[0].Share;
    }
}
