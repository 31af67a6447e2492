using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>Something that a user would pick, or a bound: how it is started, and how one gets to the origin by it.</summary>
internal interface ITool
{
    /// <summary>What the tables call it.</summary>
    string Name { get; }

    /// <summary>Why it cannot be measured here; null when it can.</summary>
    string? WhyNot { get; }

    /// <summary>Starts both ends, and waits until they listen.</summary>
    Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken);
}
