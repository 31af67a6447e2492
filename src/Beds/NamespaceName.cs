using System.Globalization;

namespace Karez.Beds;

/// <summary>Names of namespaces: they say which process made them, so that leftovers are known.</summary>
internal static class NamespaceName
{
    public const string Folder = "/run/netns";
    private const string Prefix = "kzbed";

    private static readonly long s_start = StartOf(Environment.ProcessId);

    public static string Make(int bed, string machine) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Environment.ProcessId}-{s_start}-{bed}-{machine}");

    /// <summary>Whether a namespace is of a bed whose process is no more.</summary>
    public static bool IsLeftover(string name) =>
        name.Split('-') is [Prefix, var process, var start, _, ..]
        && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var when)
        && StartOf(id) != when;

    /// <summary>When a process started, in ticks since boot (proc(5), stat field 22); -1 when there is none.</summary>
    private static long StartOf(int process)
    {
        try
        {
            // The name, field 2, may hold anything; it ends at the last bracket.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
