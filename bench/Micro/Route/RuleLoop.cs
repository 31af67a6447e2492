#if !LOOP_ONLY
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Karez.Route;
using Karez.Route.Lists;
using Karez.Route.Sources;
using Karez.Tests;

namespace Karez.Micro.Route;

/// <summary>
/// A list of a million names, with those of a real file in it, asked for every name of the file, one at a time: an
/// average over a batch hides the slowest of a hundred.
/// </summary>
internal static class RuleLoop
{
    private const int Names = 1_000_000;
    private const int Rounds = 5;

    /// <summary>Prints the figures.</summary>
    /// <param name="path">A plain list of names, one a line.</param>
    public static void Run(string path)
    {
        var real = File.ReadAllLines(path).Where(line => line.Length > 0 && line.All(IsOfName))
            .Select(line => line.ToLowerInvariant()).Distinct().ToArray();
        byte[] source = [.. File.ReadAllBytes(path), (byte)'\n', .. ManyNames.List(Math.Max(0, Names - real.Length))];
        var digest = SHA256.HashData(source);
        GC.Collect();
        var before = Environment.WorkingSet;
        var watch = Stopwatch.StartNew();
        if (RouteSource.TryCompile(source, digest, out var compiled) != RouteFault.None)
            throw new InvalidDataException($"{path} is no list");
        var octets = compiled.Join();
        var took = watch.Elapsed;
        Say($"{real.Length} real names, {octets.Length / 1048576.0:0.0} MiB compiled in {took.TotalSeconds:0.00} s");
        using var self = Process.GetCurrentProcess();
        Say($"resident before {before >> 20} MiB, at most {self.PeakWorkingSet64 >> 20} MiB");
        watch.Restart();
        RouteList.TryOpen("real", octets, digest, out var list);
        var table = RouteTable.Compile(
            [new RouteRule(RouteAction.Direct, "r") { Lists = ["real"] }, RouteRule.Private],
            [list!], RouteAction.Channel, [])!; // its list is there
        Say($"opened in {watch.Elapsed.TotalMilliseconds:0.00} ms");

        new Random(1).Shuffle(real);
        var times = new long[real.Length];
        var clock = new long[real.Length];
        for (var round = 1; round <= Rounds; round++)
        {
            var direct = 0;
            for (var i = 0; i < real.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                direct += table.DecideName(real[i]).Action == RouteAction.Direct ? 1 : 0;
                times[i] = Stopwatch.GetTimestamp() - start;
                start = Stopwatch.GetTimestamp();
                clock[i] = Stopwatch.GetTimestamp() - start;
            }

            Array.Sort(times);
            Array.Sort(clock);
            Say($"round {round}: {direct} of {real.Length} listed");
            Say($"  {At(times, 0.5)} ns half, {At(times, 0.99)} ns 99 %, {At(times, 0.999)} ns 99.9 %");
            Say($"  the clock alone {At(clock, 0.5)} and {At(clock, 0.99)} ns");
        }
    }

    private static bool IsOfName(char one) => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_';

    private static long At(long[] sorted, double part) =>
        (long)Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * part)]).TotalNanoseconds;

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
#endif
