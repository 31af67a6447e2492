using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>Small flows alone, and the same beside one large download.</summary>
internal sealed class Fairness(int count) : IMeasurement
{
    private const int AtOnce = 2;

    public string Key => "fair";

    public string Name => "small flows beside a large one";

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        var alone = await Requests.RunAsync(world, tool, count, AtOnce, cancellationToken);
        string[] words = ["-sk", "-m", "60", .. tool.Way.CurlWords];
        for (var i = 0; i < 40; i++)
            words = [.. words, "-o", "/dev/null", tool.Way.Url(https: false, "1g")];
        using var download = tool.UsedAt(world).Start("curl", words);
        await Task.Delay(300, cancellationToken);
        var beside = await Requests.RunAsync(world, tool, count, AtOnce, cancellationToken);
        return
        [
            ("fair.alone", alone.P99), ("fair.beside", beside.P99), ("fair.ratio", beside.P99 / alone.P99),
        ];
    }
}
