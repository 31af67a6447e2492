using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>Something done with a tool that gives one or more figures.</summary>
internal interface IMeasurement
{
    /// <summary>What its figures' names in results.json begin with.</summary>
    string Key { get; }

    /// <summary>What the progress calls it.</summary>
    string Name { get; }

    /// <summary>Measures once; a tool that fails throws, and has no figure.</summary>
    Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken);
}
