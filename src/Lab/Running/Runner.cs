using System.Globalization;
using System.Text.Json;
using Karez.Beds;
using Karez.Lab.Judging;
using Karez.Lab.Population;
using Karez.Lab.Probers;
using Karez.Lab.Router;
using Karez.Lab.Scenarios;
using Karez.Lab.Tools;
using Karez.Lab.Worlds;

namespace Karez.Lab.Running;

/// <summary>Runs a scenario: world, tools, lives, probers, captures, manifest, and what comes after.</summary>
public sealed class Runner(IRunProgress progress)
{
    /// <summary>Runs it.</summary>
    /// <returns>The run.</returns>
    /// <exception cref="LabException">It cannot be run here.</exception>
    public async Task<FinishedRun> RunAsync(
        Scenario written, RunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var scenario = options.Apply(written);
        var real = Clients.RequireOne(options.Real);
        if (Bed.WhyNot is { } reason)
            throw new LabException($"no world can be built here: {reason}", "run it as root on Linux, with iproute2");
        if (Directory.Exists(options.Folder) && Directory.EnumerateFileSystemEntries(options.Folder).Any())
            throw new LabException($"{options.Folder} is not empty", "choose another folder with --out");
        var catalogue = ToolCatalogue.With(options.ToolFile);
        var tools = scenario.Tools.Select(tool => catalogue.Find(tool.Name)).ToList();
        var browser = scenario.Browser && Programs.Find("chromium") is not null;
        foreach (var (program, package) in s_needed)
        {
            if (Programs.Missing(program, package) is { } missing)
                throw new LabException("a program of the world is missing", missing);
        }

        var censors = RunCensors.Of(scenario, WorldPlan.Of(scenario));
        var run = await LiveAsync(scenario, tools, censors, browser, options.Folder, cancellationToken) with
        {
            Real = real,
        };
        await RunStages.RunAsync(run, progress, cancellationToken);
        return run;
    }

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2); // Our choice; karez may have to be built.

    private static readonly (string, string)[] s_needed =
        [("nginx", "nginx-light"), ("dnsmasq", "dnsmasq-base"), ("curl", "curl")];

    private async Task<FinishedRun> LiveAsync(
        Scenario scenario, List<ITool> tools, IReadOnlyList<ICensor> censors, bool browser, string folder,
        CancellationToken cancellationToken)
    {
        progress.Begin("world");
        var plan = WorldPlan.Of(scenario);
        var flights = new FirstFlights(
            plan.Hosts.Where(host => host.Name.StartsWith("tool", StringComparison.Ordinal))
                .Select(host => Wiring.NumberOf(host.Addresses[0])).ToHashSet());
        using var processor = scenario.OwnProcessor ? OwnProcessor.TryReserve() : null;
        using var world = new World(plan, scenario.Seed, folder, processor, core =>
        {
            core.Add(flights);
            foreach (var censor in censors)
                core.Add(censor);
        });
        await Programs.WaitForPortAsync(
            world.Host("cover"), plan.Cover.Address, 443, "the cover site", cancellationToken);
        progress.Begin("tools");
        var servers = new List<ToolServer>();
        for (var i = 0; i < tools.Count; i++)
        {
            progress.Tell(tools[i].Name);
            var (tool, written) = (tools[i], scenario.Tools[i]);
            var place = new ToolPlace(
                world.Host($"tool{i}"), written.Users, plan.Cover, world.Authority, written.OwnExit);
            servers.Add(await InTimeAsync(
                tool.Name, stop => tool.StartServerAsync(place, stop), cancellationToken));
        }

        var proxies = new string?[plan.Subscribers.Count];
        var begun = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Subscribers.Count; i++)
        {
            if (plan.Subscribers[i].Tool is not { } name)
                continue;
            var at = tools.FindIndex(tool => tool.Name == name);
            var number = begun[name] = begun.GetValueOrDefault(name, -1) + 1;
            progress.Tell($"{name} for {plan.Subscribers[i].Name}");
            var subscriber = world.Subscribers[i];
            proxies[i] = await InTimeAsync(
                name, stop => tools[at].StartClientAsync(servers[at], subscriber, number, stop), cancellationToken);
        }

        var log = new SessionLog(world.Clock);
        await SendTrafficAsync(world, scenario, proxies, browser, log, cancellationToken);
        var known = servers.Select((server, i) => Entry(scenario.Tools[i], tools[i], server)).ToList();
        await ProbeAsync(world, scenario, flights, known, cancellationToken);
        progress.Begin("a line is cut");
        var line = await LineTrial.RunAsync(world, cancellationToken);
        progress.Begin("captures");
        var seconds = world.Clock.Now.TotalSeconds;
        var (router, packets, border) = world.Finish();
        await File.WriteAllBytesAsync(
            Path.Combine(world.Folder, BorderEntry.FileName),
            JsonSerializer.SerializeToUtf8Bytes(border, LabJson.Default.IReadOnlyListBorderEntry),
            cancellationToken);
        var manifest = new RunManifest(
            RunManifest.CurrentVersion, scenario.Name, scenario.Seed, world.Clock.Started, seconds, plan.Subscribers,
            known, plan.Prefixes, plan.Sites, log.Sessions,
            [.. packets.Select((count, i) => new CaptureEntry(i, $"captures/{plan.Subscribers[i].Name}.pcap", count))],
            router, line);
        await File.WriteAllBytesAsync(
            Path.Combine(world.Folder, RunManifest.FileName),
            JsonSerializer.SerializeToUtf8Bytes(manifest, LabJson.Default.RunManifest),
            cancellationToken);
        await File.WriteAllBytesAsync(
            Path.Combine(world.Folder, FinishedRun.ScenarioFile),
            JsonSerializer.SerializeToUtf8Bytes(scenario, LabJson.Default.Scenario),
            cancellationToken);
        return new FinishedRun(world.Folder, scenario, manifest);
    }

    private static async Task<T> InTimeAsync<T>(
        string tool, Func<CancellationToken, Task<T>> start, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        try
        {
            return await start(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException(
                $"{tool} is not ready after {s_patience.TotalSeconds:0} s", "the run's folder has its files");
        }
    }

    private async Task SendTrafficAsync(
        World world, Scenario scenario, string?[] proxies, bool browser, SessionLog log,
        CancellationToken cancellationToken)
    {
        using var pages = new SemaphoreSlim(scenario.PagesAtOnce);
        var lives = LivesOf(world, browser, pages);
        progress.Begin("browsers");
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, lives.Count, options, async (i, stop) =>
        {
            progress.Tell(world.Plan.Subscribers[i].Name);
            _ = await InTimeAsync("a browser", async limit =>
            {
                await lives[i].PrepareAsync(world, i, proxies[i], limit);
                return true;
            }, stop);
        });
        progress.Begin("traffic");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var length = TimeSpan.FromMinutes(scenario.Minutes);
        var until = world.Clock.Now + length;
        end.CancelAfter(length);
        var all = Task.WhenAll(lives.Select((life, i) => life.LiveAsync(world, i, proxies[i], log, end.Token)));
        while (await Task.WhenAny(all, Task.Delay(1000, CancellationToken.None)) != all)
        {
            var left = Math.Max(0, (until - world.Clock.Now).TotalSeconds);
            progress.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"{left:0} s left, {log.Sessions.Count} sessions, {world.Core.Counts.Forwarded} packets"));
        }

        await all;
        foreach (var life in lives.OfType<IAsyncDisposable>())
            await life.DisposeAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>A browser for users and their twins, as far as there is one; the rest is fetched.</summary>
    private static List<ILife> LivesOf(World world, bool browser, SemaphoreSlim pages) =>
    [
        .. world.Plan.Subscribers.Select(one => browser && (one.Tool is not null || one.Twin is not null)
            ? new ScriptedLife(pages)
            : (ILife)new FetchingLife()),
    ];

    private async Task ProbeAsync(
        World world, Scenario scenario, FirstFlights flights, List<ToolEntry> tools,
        CancellationToken cancellationToken)
    {
        if (scenario.Probers is not { Count: > 0 })
            return;
        progress.Begin("probers");
        await new WorldProbing(world, scenario, flights, progress).RunAsync(tools, cancellationToken);
    }

    private static ToolEntry Entry(ScenarioTool written, ITool tool, ToolServer server) => new(
        tool.Name, server.Place.Entry, tool.Port, tool.Transport, server.Place.Exit, server.Version,
        server.Cover ? server.Place.Cover.Name : null, server.Cover ? server.Place.Cover.Address : null,
        written.Control);
}
