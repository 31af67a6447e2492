using System.Globalization;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Worlds;

namespace Karez.Lab.Population;

/// <summary>Noise: pages that are fetched by curl, without what is in them. Nobody's twin.</summary>
internal sealed class FetchingLife : ILife
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(40); // Our choice.

    /// <inheritdoc/>
    public Task PrepareAsync(World world, int subscriber, string? proxy, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public async Task LiveAsync(
        World world, int subscriber, string? proxy, SessionLog log, CancellationToken cancellationToken)
    {
        var one = world.Plan.Subscribers[subscriber];
        var host = world.Subscribers[subscriber];
        var random = new Random(Seeds.Of(world.Seed, $"life {subscriber}"));
        var foreign = LifeSites.Of(world.Plan, true);
        var domestic = LifeSites.Of(world.Plan, false);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 4)), cancellationToken);
                var act = Act.Draw(random, foreign, domestic);
                await log.NoteAsync(
                    subscriber, Findings.RunTraffic.Fetch, act.Address, one.Tool is not null,
                    () => FetchAsync(host, world, act.Address, proxy, cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }

    private static async Task<bool> FetchAsync(
        WorldHost host, World world, string address, string? proxy, CancellationToken cancellationToken)
    {
        var trusted = host.Write("trusted.pem", world.Authority.RootPem);
        List<string> words =
        [
            "-sS", "-o", "/dev/null", "--cacert", trusted, "--max-time",
            s_longest.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        if (proxy is not null)
            words.AddRange(["-x", proxy]);
        words.Add(address);
        var (code, _) = await host.RunAsync("curl", words, cancellationToken);
        return code == 0;
    }
}
