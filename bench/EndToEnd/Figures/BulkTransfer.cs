using System.Diagnostics;
using System.Globalization;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Figures;

/// <summary>One large transfer by curl, or several at once: octets a second, and what they cost both ends.</summary>
internal sealed class BulkTransfer(bool https, bool up, int streams) : IMeasurement
{
    private const double WantedSeconds = 1.5;
    private readonly Dictionary<string, string> _fileFor = [];

    public string Name => $"{(https ? "https" : "http")} {(up ? "up" : "down")} {streams}";

    public string Key => $"{(https ? "https" : "http")}.{(up ? "up" : "down")}.{streams}";

    public async Task<IReadOnlyList<(string Key, double Value)>> MeasureAsync(
        BenchWorld world, RunningTool tool, CancellationToken cancellationToken)
    {
        if (!_fileFor.TryGetValue(tool.Name, out var file))
        {
            // The size is chosen once for each tool, so that slow ones do not take the evening.
            var trial = await TransferAsync(world, tool, "64m", cancellationToken);
            var fits = (long)((64L << 20) * WantedSeconds / trial.Seconds);
            _fileFor[tool.Name] = file = OriginSite.Files.Last(f => f.Size <= Math.Max(fits, 64L << 20)).Name;
        }

        var (seconds, cpu, octets) = await TransferAsync(world, tool, file, cancellationToken);
        return
        [
            (Key, octets * 8 / seconds / 1e9),
            ($"{Key}.cpu", cpu / (octets / 1e9)),
        ];
    }

    private async Task<(double Seconds, double Cpu, double Octets)> TransferAsync(
        BenchWorld world, RunningTool tool, string file, CancellationToken cancellationToken)
    {
        var size = OriginSite.Files.Single(f => f.Name == file).Size;
        List<string> words = ["-sk", "--fail", "--no-buffer", "-m", "120", .. tool.Way.CurlWords];
        if (streams > 1)
            words.AddRange(["-Z", "--parallel-immediate", "--parallel-max", $"{streams}"]);
        for (var stream = 0; stream < streams; stream++)
        {
            if (up)
            {
                words.AddRange(["-T", Path.Combine(world.Folder, "www", file), "-H", "Expect:"]);
                words.Add(tool.Way.Url(https, "up"));
            }
            else
            {
                words.AddRange(["-o", "/dev/null", tool.Way.Url(https, file)]);
            }
        }

        words.AddRange(["-w", up ? "\\n" : "%{size_download}\\n"]);
        var (client, node) = (ProcessCost.CpuSeconds(tool.Client), ProcessCost.CpuSeconds(tool.Node));
        var watch = Stopwatch.StartNew();
        var (code, printed) = await tool.UsedAt(world).RunAsync("curl", words, cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        client = ProcessCost.CpuSeconds(tool.Client) - client;
        node = ProcessCost.CpuSeconds(tool.Node) - node;
        // With several transfers curl shows how far it is, whatever it is told; its line of sizes is what counts.
        var sizes = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.All(char.IsAsciiDigit))
            .Select(line => long.Parse(line, CultureInfo.InvariantCulture)).ToList();
        if (code != 0 || sizes.Count != streams || sizes.Any(got => got != size))
            throw new BenchException($"curl ended with {code} after {string.Join('+', sizes)} of {streams} x {size}");
        if (tool.Node.Any() && node <= 0)
            throw new BenchException("it did not pass the node");
        return (seconds, client + node, (double)size * streams);
    }
}
