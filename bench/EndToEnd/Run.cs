using System.Diagnostics;
using System.Text.Json;
using Karez.Beds;
using Karez.EndToEnd.Figures;
using Karez.EndToEnd.Report;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd;

/// <summary>One run: every tool up, every measurement by every tool in turn, again and again.</summary>
internal sealed class Run(RunOptions options, Action<string> say)
{
    private const int Attempts = 3;

    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Dictionary<(string Tool, string Key), double?[]> _values = [];
    private readonly Dictionary<string, List<string>> _troubles = [];

    /// <summary>Whether a quick run has to come to its end: eight minutes were promised.</summary>
    private bool IsLate => options.Quick && _watch.Elapsed > TimeSpan.FromMinutes(6.5);

    private readonly IReadOnlyList<IMeasurement> _measurements = options.Quick
        ?
        [
            new BulkTransfer(https: true, up: false, 1), new BulkTransfer(https: false, up: false, 1),
            new FirstOctet(100, far: false), new FirstOctet(20, far: true), new Requests(640),
        ]
        :
        [
            new BulkTransfer(https: true, up: false, 1), new BulkTransfer(https: false, up: false, 1),
            new BulkTransfer(https: true, up: true, 1), new BulkTransfer(https: false, up: true, 1),
            new BulkTransfer(https: true, up: false, 8), new BulkTransfer(https: false, up: false, 8),
            new BulkTransfer(https: true, up: true, 8), new BulkTransfer(https: false, up: true, 8),
            new FirstOctet(400, far: false), new FirstOctet(100, far: true), new Requests(3200), new Fairness(400),
        ];

    public async Task<Results> RunAsync(CancellationToken cancellationToken)
    {
        var began = DateTimeOffset.Now;
        var absent = new List<string>();
        await using var world = await BenchWorld.StartAsync(cancellationToken);
        var tools = await StartAsync(world, absent, cancellationToken);
        for (var round = 0; round < options.Rounds && !IsLate; round++)
        {
            foreach (var tool in tools)
                await AttemptAsync(tool, "hashes", () => HashCheck.RunAsync(world, tool, cancellationToken));
            foreach (var measurement in _measurements.Where(measurement => options.Wants(measurement.Key)))
            {
                foreach (var tool in tools.Where(tool => tool.IsFor(measurement.Key)))
                    await MeasureAsync(world, tool, measurement, round, cancellationToken);
            }

            say($"round {round + 1} of {options.Rounds} done");
        }

        if (!options.Quick && options.Wants("rested"))
            await RestAsync(world, tools, cancellationToken);
        foreach (var tool in tools)
            await OnceAsync(world, tool, cancellationToken);
        var results = Sum(began, tools, absent);
        Directory.CreateDirectory(options.Out);
        await File.WriteAllTextAsync(
            Path.Combine(options.Out, "results.json"), JsonSerializer.Serialize(results, s_json), cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(options.Out, "results.md"), Texts.Markdown(results), cancellationToken);
        Pictures.Write(results, options.Out);
        return results;
    }

    private async Task<List<RunningTool>> StartAsync(
        BenchWorld world, List<string> absent, CancellationToken cancellationToken)
    {
        var running = new List<RunningTool>();
        foreach (var tool in options.Tools)
        {
            if (tool.WhyNot is { } reason)
            {
                absent.Add($"{tool.Name}: {reason}");
                say($"left out: {absent[^1]}");
                continue;
            }

            say($"starting {tool.Name}");
            try
            {
                var started = await tool.StartAsync(world, cancellationToken);
                running.Add(started);
                _troubles[started.Name] = [];
                if (started.StartToListening is { } took)
                    Keep(started, 0, [("start.first", took.TotalMilliseconds)]);
            }
            catch (Exception failure) when (failure is BenchException or BedException)
            {
                absent.Add($"{tool.Name}: did not start: {failure.Message}");
                say($"left out: {absent[^1]}");
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken); // What the start left behind is gone by then.
        foreach (var tool in running)
            Keep(tool, 0, Memory.AtStart(tool));
        return running;
    }

    /// <summary>Ten thousand connections for each tool, one minute of rest for all of them.</summary>
    private async Task RestAsync(
        BenchWorld world, IReadOnlyList<RunningTool> tools, CancellationToken cancellationToken)
    {
        var resting = new List<RunningTool>();
        foreach (var tool in tools.Where(Memory.HasConnections))
        {
            say($"{tool.Name}: 10,000 connections");
            if (await AttemptAsync(tool, "10,000 connections", () =>
                Requests.RunAsync(world, tool, 10_000, 16, cancellationToken)))
                resting.Add(tool);
        }

        await Task.Delay(TimeSpan.FromSeconds(60), cancellationToken);
        foreach (var tool in resting)
            Keep(tool, 0, Memory.Rested(tool));
    }

    /// <summary>Memory and a second start: once for each tool, after everything else.</summary>
    private async Task OnceAsync(BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var counts = !Memory.HasConnections(tool) || IsLate ? [] : options.Quick ? [1000] : (int[])[1000, 9000];
        foreach (var count in counts.Where(count => options.Wants($"held.{count}")))
        {
            say($"{tool.Name}: {count} connections held");
            await AttemptAsync(tool, "memory", async () =>
                Keep(tool, 0, await Memory.HoldAsync(world, tool, count, cancellationToken)));
        }

        if (tool.RestartNode is { } restart && options.Wants("start"))
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                await AttemptAsync(tool, "the second start", async () =>
                    Keep(tool, round, [("start.again", (await restart(cancellationToken)).TotalMilliseconds)]));
            }
        }
    }

    private async Task MeasureAsync(
        BenchWorld world, RunningTool tool, IMeasurement measurement, int round, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts && !IsLate; attempt++)
        {
            var foreign = 0.0;
            IReadOnlyList<(string Key, double Value)> figures = [];
            var done = await AttemptAsync(tool, measurement.Name, async () =>
            {
                var load = new ForeignLoad(world);
                figures = await measurement.MeasureAsync(world, tool, cancellationToken);
                foreign = load.Share();
            });
            if (!done)
                return;
            if (foreign <= options.MostForeign)
            {
                Keep(tool, round, figures);
                say($"{tool.Name}, {measurement.Name}: "
                    + string.Join(", ", figures.Select(figure => Texts.Number(figure.Value))));
                return;
            }

            say($"{tool.Name}, {measurement.Name}: others took {foreign:P0} of the machine, again");
        }

        _troubles[tool.Name].Add($"{measurement.Name}, round {round + 1}: "
            + (IsLate ? "no time was left" : "refused, others used the machine"));
    }

    /// <summary>A tool that returned an error or a short body gives no figure.</summary>
    private async Task<bool> AttemptAsync(RunningTool tool, string what, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception failure) when (failure is BenchException or BedException)
        {
            _troubles[tool.Name].Add($"{what}: {failure.Message}");
            say($"{tool.Name}, {what}: {failure.Message}");
            return false;
        }
    }

    private void Keep(RunningTool tool, int round, IEnumerable<(string Key, double Value)> figures)
    {
        foreach (var (key, value) in figures)
        {
            if (!_values.TryGetValue((tool.Name, key), out var rounds))
                _values[(tool.Name, key)] = rounds = new double?[options.Rounds];
            rounds[round] = value;
        }
    }

    private Results Sum(DateTimeOffset began, List<RunningTool> tools, List<string> absent) => new(
        began, Machine(), Environment.OSVersion.VersionString, Commit(), BenchWorld.CongestionControl, options.Rounds,
        [
            .. tools.Select(tool => new ToolResults(
                tool.Name, tool.Version.Trim(), tool.Commands,
                _values.Where(entry => entry.Key.Tool == tool.Name).ToDictionary(
                    entry => entry.Key.Key,
                    entry => Statistics.Paired(entry.Value, _values.GetValueOrDefault(("karez", entry.Key.Key)))),
                _troubles[tool.Name])),
        ],
        absent);

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(
            line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return $"{Environment.ProcessorCount} x {model}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB";
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        return git?.StandardOutput.ReadToEnd().Trim() ?? "";
    }
}
