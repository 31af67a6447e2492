using System.Globalization;

namespace Karez.EndToEnd.World;

/// <summary>Processor time and memory of processes, from /proc.</summary>
internal static class ProcessCost
{
    private const double TicksPerSecond = 100; // USER_HZ on Linux

    /// <summary>Seconds that these processes and their living children have used.</summary>
    public static double CpuSeconds(IEnumerable<int> processes) => WithChildren(processes).Sum(CpuOf);

    /// <summary>Resident KiB of these processes and their children: all, and the anonymous part.</summary>
    public static (long Rss, long Anonymous) Memory(IEnumerable<int> processes)
    {
        long rss = 0, anonymous = 0;
        foreach (var process in WithChildren(processes))
        {
            foreach (var line in File.ReadLines($"/proc/{process}/smaps_rollup"))
            {
                if (line.StartsWith("Rss:", StringComparison.Ordinal))
                    rss += Kib(line);
                else if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
                    anonymous += Kib(line);
            }
        }

        return (rss, anonymous);
    }

    /// <summary>Seconds that all processors together worked for processes, or were taken away, since boot.</summary>
    public static double MachineBusy()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(Number).ToArray();
        // user nice system idle iowait irq softirq steal. Interrupts belong to no process: here they move our packets.
        return (fields[0] + fields[1] + fields[2] + fields[7]) / TicksPerSecond;
    }

    /// <summary>Seconds of this program, and of the children that it waited for.</summary>
    public static double OwnWithEnded()
    {
        var fields = StatOf(Environment.ProcessId);
        return fields.Length == 0 ? 0 : Enumerable.Range(11, 4).Sum(i => Number(fields[i])) / TicksPerSecond;
    }

    private static double CpuOf(int process)
    {
        var fields = StatOf(process);
        return fields.Length == 0 ? 0 : (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    private static List<int> WithChildren(IEnumerable<int> processes)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Stat: StatOf(id)))
            .Where(entry => entry.Stat.Length > 0)
            .ToLookup(entry => (int)Number(entry.Stat[1]), entry => entry.Id);
        var all = new List<int>(processes);
        for (var i = 0; i < all.Count; i++)
            all.AddRange(parents[all[i]].Where(child => !all.Contains(child)));
        return all;
    }

    /// <summary>The fields of proc(5) from the third on; none when the process is gone.</summary>
    private static string[] StatOf(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static long Kib(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
