using System.ComponentModel;
using System.Diagnostics;
using Karez.Sys.Netlink;

namespace Karez.Guard.Undo;

/// <summary>systemd-resolved sends all names to our interface (resolvectl(1), which speaks D-Bus to it).</summary>
/// <param name="Device">Our interface.</param>
/// <param name="Server">Who answers there.</param>
public sealed record ResolvedTold(string Device, string Server) : Change
{
    /// <summary>Whether resolved runs and can be told things.</summary>
    public static bool IsThere => Run("dns") is null;

    internal override string? Do(Rtnetlink net)
    {
        // Answers may be fake addresses: nothing to validate, and no other way to ask.
        string[][] commands =
        [
            ["dns", Device, Server], ["domain", Device, "~."], ["default-route", Device, "yes"],
            ["dnssec", Device, "no"], ["dnsovertls", Device, "no"], ["llmnr", Device, "no"], ["mdns", Device, "no"],
            ["flush-caches"],
        ];
        return commands.Select(words => Run(words)).FirstOrDefault(wrong => wrong is not null);
    }

    internal override string? Undo(Rtnetlink net)
    {
        if (LinkOf(net, Device) is not null)
            return Run("revert", Device);
        _ = Run("flush-caches"); // It forgot the interface by itself; fake addresses it may still know.
        return null;
    }

    private static string? Run(params string[] words)
    {
        try
        {
            var start = new ProcessStartInfo("resolvectl", words)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!; // A new process is never null.
            var printed = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                process.Kill();
                return $"resolvectl {words[0]} does not end";
            }

            _ = printed.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? null : $"resolvectl {words[0]}: {errors.GetAwaiter().GetResult().Trim()}";
        }
        catch (Win32Exception)
        {
            return "there is no resolvectl";
        }
    }
}
