using Karez.Lab.Running;
using Karez.Lab.Statistics;

namespace Karez.Lab.Population;

/// <summary>
/// Compares the run's pages with the published quantiles of real ones, and its browsers with a real capture if one was
/// given.
/// </summary>
internal sealed class RealismStage : IRunStage
{
    // HTTP Archive, Web Almanac: page weight 2025 and requests 2024, mobile; p10, p25, p50, p75, p90.
    private static readonly double[] s_shares = [0.1, 0.25, 0.5, 0.75, 0.9];
    private static readonly double[] s_kilobytes = [516, 1127, 2164, 4119, 8337];
    private static readonly double[] s_requests = [22, 39, 66, 109, 170];

    /// <inheritdoc/>
    public string Name => "realism";

    /// <inheritdoc/>
    public Task RunAsync(FinishedRun run, IRunProgress progress, CancellationToken cancellationToken)
    {
        if (run.Real is { } capture && run.Traffic is { } traffic)
            run.Report.Real = RealTraffic.Of(capture, traffic);
        var hosts = Path.Combine(run.Folder, "hosts");
        if (!Directory.Exists(hosts))
        {
            run.Report.NotDone.Add("realism: the run's folder has no sites any more");
            return Task.CompletedTask;
        }

        var pages = SitePages.Of(hosts);
        run.Report.Realism =
        [
            Figure("octets of a page, kB", s_kilobytes, [.. pages.Select(page => page.Octets / 1024.0)]),
            Figure("requests of a page", s_requests, [.. pages.Select(page => (double)page.Requests)]),
        ];
        return Task.CompletedTask;
    }

    private static RealismFigure Figure(string name, double[] published, List<double> here)
    {
        var (distance, p) = TwoSamples.KolmogorovSmirnov(here, Between(published));
        var sorted = here.Order().ToList();
        return new RealismFigure(
            name, here.Count,
            [
                .. s_shares.Select((share, i) => new RealismQuantile(
                    share, published[i], sorted.Count == 0 ? 0 : sorted[(int)(share * (sorted.Count - 1))])),
            ],
            distance, p);
    }

    /// <summary>A sample of the log-normal that the outer quantiles give: its thousand quantiles.</summary>
    private static List<double> Between(double[] published)
    {
        const int Many = 1000;
        const double Normal = 1.2815515655; // The 90 % quantile of the normal distribution.
        var sigma = Math.Log(published[^1] / published[0]) / (2 * Normal);
        return [.. Enumerable.Range(0, Many).Select(i => published[2] * Math.Exp(sigma * Quantile((i + 0.5) / Many)))];
    }

    /// <summary>A quantile of the normal distribution, by halving.</summary>
    private static double Quantile(double share)
    {
        var (low, high) = (-8.0, 8.0);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            if (1 - TwoSamples.UpperTail(middle) < share)
                low = middle;
            else
                high = middle;
        }

        return high;
    }
}
