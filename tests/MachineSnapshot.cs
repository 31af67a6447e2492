using System.Text.RegularExpressions;
using Karez.Beds;

namespace Karez.Tests;

/// <summary>What a machine is like, to be compared: interfaces, addresses, routes, rules, firewall, settings.</summary>
internal static class MachineSnapshot
{
    /// <summary>Prints it, and the files that are its arguments.</summary>
    public const string Script = """
        ip -j link; echo; ip -j address; echo; ip -j route show table all; echo; ip -j -6 route show table all; echo
        ip -j rule; echo; ip -j -6 rule; echo; nft -j list ruleset; echo
        for f in /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/ip_forward; do echo "$f $(cat $f)"; done
        for f in "$@"; do stat -c '%n %F %a' "$f"; readlink "$f"; cat "$f"; done
        """;

    /// <summary>Takes one; texts that are the same for the same machine.</summary>
    public static async Task<string> TakeAsync(Machine machine, CancellationToken stop, params string[] files)
    {
        var (_, printed) = await machine.RunAsync("sh", ["-c", Script, "sh", .. files], stop);
        return WithoutTimes(printed);
    }

    /// <summary>Lifetimes count down, new IPv6 addresses are tentative for a second: neither is a setting.</summary>
    public static string WithoutTimes(string printed) => Regex.Replace(
        printed, """,?"(valid_life_time|preferred_life_time|expires|tentative)":(\d+|true)""", "");
}
