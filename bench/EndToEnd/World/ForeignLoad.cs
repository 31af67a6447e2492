using System.Diagnostics;

namespace Karez.EndToEnd.World;

/// <summary>How much of the machine others used while something was measured.</summary>
internal sealed class ForeignLoad(BenchWorld world)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly double _busy = ProcessCost.MachineBusy();
    private readonly double _ours = Ours(world);

    /// <summary>Share of all processors, 0 to 1, that neither the tools nor this program took.</summary>
    public double Share()
    {
        var foreign = ProcessCost.MachineBusy() - _busy - (Ours(world) - _ours);
        return Math.Max(0, foreign / (_watch.Elapsed.TotalSeconds * Environment.ProcessorCount));
    }

    private static double Ours(BenchWorld world) => ProcessCost.OwnWithEnded() + ProcessCost.CpuSeconds(
        world.Machines.SelectMany(machine => machine.ProcessIds()).Distinct());
}
