using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Karez.EndToEnd.Load;

/// <summary>The client's side of the small flows: this same program, started in the client's machine.</summary>
internal static class LoadProgram
{
    /// <summary>Runs <c>load KIND HOST PORT SOCKS COUNT [THREADS]</c>; prints numbers, one line.</summary>
    public static int Run(string[] words)
    {
        var (kind, host, port) = (words[0], IPAddress.Parse(words[1]), int.Parse(words[2], CultureInfo.InvariantCulture));
        int? socks = words[3] == "-" ? null : int.Parse(words[3], CultureInfo.InvariantCulture);
        var count = int.Parse(words[4], CultureInfo.InvariantCulture);
        var threads = words.Length > 5 ? int.Parse(words[5], CultureInfo.InvariantCulture) : 1;
        var way = new SmallFlow(host, port, socks);
        return kind switch
        {
            "requests" => Requests(way, count, threads),
            "hold" => Hold(way, count),
            _ => 2,
        };
    }

    /// <summary>
    /// New connection, request, first octet: prints requests a second, then p50 and p99 in microseconds. The first of
    /// all is not counted: whatever compiles, resolves or asks for an address does it then.
    /// </summary>
    private static int Requests(SmallFlow way, int count, int threads)
    {
        way.Fetch();
        var times = new double[count];
        var next = -1;
        var failed = 0;
        var watch = Stopwatch.StartNew();
        var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                try
                {
                    times[i] = way.Fetch().TotalMicroseconds;
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    Interlocked.Increment(ref failed);
                    Console.Error.WriteLine(e.Message);
                }
            }
        }, 256 << 10)).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        var seconds = watch.Elapsed.TotalSeconds;
        if (failed > 0)
            return 1;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count / seconds:0.0} {times[count / 2]:0.0} {times[Math.Min(count - 1, count * 99 / 100)]:0.0}"));
        return 0;
    }

    /// <summary>Opens connections that each had an answer, prints "held", and keeps them until it is ended.</summary>
    private static int Hold(SmallFlow way, int count)
    {
        var held = new Socket[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => held[i] = way.Open());
        Console.WriteLine("held");
        Thread.Sleep(Timeout.Infinite);
        GC.KeepAlive(held);
        return 0;
    }
}
