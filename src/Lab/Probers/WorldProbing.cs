using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Karez.Lab.Router;
using Karez.Lab.Running;
using Karez.Lab.Scenarios;
using Karez.Lab.Worlds;

namespace Karez.Lab.Probers;

/// <summary>The probers of a run: every server of a tool on TCP, compared with the bare cover site.</summary>
public sealed class WorldProbing
{
    // T10: the published quantiles of the delay until a replay, seconds (IMC 2020); the last is the longest seen.
    private static readonly double[] s_delays = [0.3, 1, 60, 900, 2_052_000];
    private static readonly int[] s_more = [3, 8]; // Our choice: visits when what came before differed.
    private const int AtOnce = 32; // Our choice: most of a probe's time is waiting.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10); // Our limit; the report says when it cuts.

    private readonly World _world;
    private readonly Scenario _scenario;
    private readonly IRunProgress _progress;
    private readonly FirstFlights _flights;
    private readonly List<ProbeFinding> _findings = [];
    private readonly List<ProbeTiming> _timings = [];
    private readonly List<string> _notDone = [];

    /// <param name="world">The world, which still stands.</param>
    /// <param name="scenario">Which probers, and by what their delays are multiplied.</param>
    /// <param name="flights">What was seen of clients.</param>
    /// <param name="progress">Is told how far it is.</param>
    public WorldProbing(World world, Scenario scenario, FirstFlights flights, IRunProgress progress) =>
        (_world, _scenario, _flights, _progress) = (world, scenario, flights, progress);

    /// <summary>Probes, and writes what was found into the run's folder.</summary>
    public async Task<ProbeReport> RunAsync(IReadOnlyList<ToolEntry> tools, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tools);
        foreach (var tool in tools)
        {
            if (tool.Transport != "tcp")
                _notDone.Add($"{tool.Name}: it is on UDP; probers are for TCP");
            else if (!_scenario.Tools.First(one => one.Name == tool.Name).Probed)
                _notDone.Add($"{tool.Name}: the scenario does not have it probed");
            else
                await ProbeAsync(tool, cancellationToken);
        }

        var report = new ProbeReport(_findings, _timings, _notDone);
        await File.WriteAllBytesAsync(
            Path.Combine(_world.Folder, ProbeReport.FileName),
            JsonSerializer.SerializeToUtf8Bytes(report, LabJson.Default.ProbeReport),
            cancellationToken);
        return report;
    }

    private async Task ProbeAsync(ToolEntry tool, CancellationToken cancellationToken)
    {
        var gate = ProbeGate.OfWorld(_world.Addresses);
        var node = Target(tool.Entry, tool.Port);
        gate.Aim(node.EndPoint);
        var prober = new Prober(gate, TimeSpan.FromSeconds(1.5));
        var comparison = new ProbeComparison(prober, node, Target(_world.Plan.Cover.Address, 443), tool.Name);
        var random = new Random(Seeds.Of(_world.Seed, "probes " + tool.Name));
        var flight = _flights.To(Wiring.NumberOf(tool.Entry)) is [var first, ..] ? first : null;
        if (flight is null)
            _notDone.Add($"{tool.Name}: no first flight was seen; nothing to replay");
        var probes = new List<Probe>();
        if (Has("t11"))
            probes.AddRange(ProbeSets.Thresholds(_world.Plan.Cover.Name, random));
        if (Has("t22"))
            probes.AddRange(ProbeSets.Tickets());
        if (Has("stack"))
            probes.AddRange(ProbeSets.Stack(_world.Plan.Cover.Name, random));
        if (Has("t23"))
            probes.AddRange(Differentials(flight, random));
        if (Has("t10") && flight is not null)
            probes.AddRange(ProbeSets.Replays(flight, random));
        await CompareAsync(comparison, probes, tool.Name, cancellationToken);
        if (Has("t10") && flight is not null)
            await ReplayLaterAsync(comparison, flight, tool.Name, cancellationToken);
        if (Has("stack"))
        {
            var plain = ProbeSets.Stack(_world.Plan.Cover.Name, random).First();
            // The first octet is what counts here; what would follow is not waited for.
            var hasty = new ProbeComparison(
                new Prober(gate, TimeSpan.FromSeconds(0.5)), node, Target(_world.Plan.Cover.Address, 443), tool.Name);
            _timings.Add(await hasty.TimeAsync(plain, 12, cancellationToken));
        }
    }

    private async Task CompareAsync(
        ProbeComparison comparison, List<Probe> probes, string tool, CancellationToken cancellationToken)
    {
        var found = new ProbeFinding[probes.Count];
        var done = 0;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, probes.Count, options, async (i, stop) =>
        {
            // Tickets vary from visit to visit on honest servers, too.
            var visits = probes[i].Technique == "t22" ? 6 : 1;
            found[i] = await AssureAsync(comparison, probes[i], visits, stop);
            _progress.Tell($"{tool}, {Interlocked.Increment(ref done)} of {probes.Count}");
        });
        _findings.AddRange(found);
        if (found.Count(one => !one.Compared) is > 0 and var lost)
            _notDone.Add($"{tool}: {lost} of {found.Length} probes reached neither its server nor the site");
    }

    /// <summary>
    /// What differs is looked at again, and more often: packets are lost in this world, and the length of an ECDSA
    /// signature is another one from visit to visit.
    /// </summary>
    private static async Task<ProbeFinding> AssureAsync(
        ProbeComparison comparison, Probe probe, int visits, CancellationToken cancellationToken)
    {
        var found = await comparison.CompareAsync(probe, visits, cancellationToken);
        foreach (var more in s_more.Where(more => more > visits))
        {
            if (!found.Differs)
                break;
            found = await comparison.CompareAsync(probe, more, cancellationToken);
        }

        return found;
    }

    private IEnumerable<Probe> Differentials(byte[]? flight, Random random)
    {
        var own = new HelloSpec { ServerName = _world.Plan.Cover.Name }.ToRecord(random);
        var probes = ProbeSets.Differential(own, "own hello");
        return flight is [22, 3, ..] ? probes.Concat(ProbeSets.Differential(flight, "seen hello")) : probes;
    }

    private async Task ReplayLaterAsync(
        ProbeComparison comparison, byte[] flight, string tool, CancellationToken cancellationToken)
    {
        foreach (var published in s_delays)
        {
            var delay = TimeSpan.FromSeconds(published * _scenario.DelayScale);
            if (delay > s_longest)
            {
                _notDone.Add(
                    $"{tool}: the replay after {published:0} s, scaled {delay.TotalSeconds:0} s, was not waited for");
                continue;
            }

            await Task.Delay(delay, cancellationToken);
            _findings.Add(await AssureAsync(
                comparison, new Probe("t10", $"R1 after {published} s", flight), 1, cancellationToken));
        }
    }

    private bool Has(string prober) => _scenario.Probers?.Contains(prober) ?? false;

    private ProbeTarget Target(string address, int port)
    {
        var host = _world.Host(WorldPlan.Prober);
        var turn = 0;
        return new ProbeTarget(new IPEndPoint(IPAddress.Parse(address), port), _world.Plan.Cover.Name, () =>
        {
            // The prober's addresses in turn.
            var source = IPAddress.Parse(host.Addresses[Interlocked.Increment(ref turn) % host.Addresses.Count]);
            return host.Machine.Enter(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(source, 0));
                return socket;
            });
        });
    }
}
