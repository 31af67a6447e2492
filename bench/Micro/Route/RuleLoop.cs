#if !LOOP_ONLY
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Karez.Route;
using Karez.Route.Lists;
using Karez.Route.Sources;
using Karez.Tests;

namespace Karez.Micro.Route;

/// <summary>
/// A list of a million names, with those of a real file in it, asked for every name of the file, one at a time: an
/// average over a batch hides the slowest of a hundred. Each is asked for twice a round: as it lies in memory among all
/// others, and after it was read, as whoever asks has just read it off a packet.
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
        var octets = Aligned(compiled);
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
            foreach (var isRead in (bool[])[false, true])
                Ask(table, real, isRead, times, clock, round);
        }
    }

    private static void Ask(RouteTable table, string[] real, bool isRead, long[] times, long[] clock, int round)
    {
        var (direct, letters) = (0, 0);
        for (var i = 0; i < real.Length; i++)
        {
            letters += isRead ? real[i].AsSpan().Count('.') : 0;
            var start = Stopwatch.GetTimestamp();
            direct += table.DecideName(real[i]).Action == RouteAction.Direct ? 1 : 0;
            times[i] = Stopwatch.GetTimestamp() - start;
            start = Stopwatch.GetTimestamp();
            clock[i] = Stopwatch.GetTimestamp() - start;
        }

        Array.Sort(times);
        Array.Sort(clock);
        var how = isRead ? "read before" : "as it lies";
        Say($"round {round}, {how}: {direct} of {real.Length} listed, {letters} dots");
        Say($"  {At(times, 0.5)} ns half, {At(times, 0.99)} ns 99 %, {At(times, 0.999)} ns 99.9 %");
        Say($"  the clock alone {At(clock, 0.5)} and {At(clock, 0.99)} ns");
    }

    /// <summary>As a mapped file lies: at the beginning of a line of the cache.</summary>
    private static Memory<byte> Aligned(CompiledList compiled)
    {
        var octets = compiled.Join();
        var room = GC.AllocateUninitializedArray<byte>(octets.Length + 63, pinned: true);
        var at = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(room, 0) & 63);
        octets.CopyTo(room, at);
        return room.AsMemory(at, octets.Length);
    }

    private static bool IsOfName(char one) => char.IsAsciiLetterOrDigit(one) || one is '.' or '-' or '_';

    private static long At(long[] sorted, double part) =>
        (long)Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * part)]).TotalNanoseconds;

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
#endif
