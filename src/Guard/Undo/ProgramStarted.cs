using System.Diagnostics;
using System.Globalization;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>A program that serves a gateway's clients and would outlive us.</summary>
/// <param name="Id">The process.</param>
/// <param name="Began">When it began, in ticks since the boot (proc(5)): numbers are used again.</param>
public sealed record ProgramStarted(int Id, long Began) : Change
{
    /// <summary>A running process, so that it is known again.</summary>
    public static ProgramStarted Of(int id) => new(id, BeganOf(id));

    /// <summary>It is started before it has a number; the line follows at once.</summary>
    internal override string? Do(Rtnetlink net) => null;

    internal override string? Undo(Rtnetlink net)
    {
        if (Began < 0 || BeganOf(Id) != Began)
            return null;
        try
        {
            using var process = Process.GetProcessById(Id);
            process.Kill();
            return process.WaitForExit(TimeSpan.FromSeconds(5)) ? null : $"process {Id} does not end";
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null; // It ended by itself.
        }
    }

    private static long BeganOf(int id)
    {
        try
        {
            // The name, field 2, may hold anything; it ends at the last bracket. The time is field 22.
            var text = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            return long.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
