using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>No tool at all: the kernel passes packets on.</summary>
internal sealed class Direct : ITool
{
    public string Name => "direct";

    public string? WhyNot => null;

    public Task<RunningTool> StartAsync(BenchWorld world, CancellationToken cancellationToken) =>
        Task.FromResult(new RunningTool { Name = Name });
}
