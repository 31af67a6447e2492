using System.Runtime.CompilerServices;

namespace Karez.Device.Tests;

/// <summary>
/// Scripts for a machine on which systemd-resolved or NetworkManager runs as a plain process, unpacked, not installed,
/// in network and mount namespaces of its own; systemd-resolved and its bus in a PID namespace as well. NetworkManager
/// answers only those whom it sees in its /proc.
/// </summary>
internal static class Daemons
{
    private static readonly string s_root = Path.Combine(
        Environment.GetEnvironmentVariable("KAREZ_PEERS") ?? Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(
                Environment.GetEnvironmentVariable("HOME") ?? "/root", ".cache"), "karez-peers"),
        "daemons");

    public static string? WhyNot =>
        !File.Exists("/usr/bin/dbus-daemon") ? "apt-get install -y --no-install-recommends dbus-daemon"
        : !File.Exists(Path.Combine(s_root, "complete")) ? "tests/Device/daemons/fetch.sh brings them" : null;

    /// <summary>A machine whose names systemd-resolved answers.</summary>
    public static string Resolved
    {
        get
        {
            var script = $"{Here()}/daemons/start.sh";
            return $". {script}; in_own_pids {script} start_resolved {s_root}";
        }
    }

    /// <summary>A machine whose way out and resolv.conf are NetworkManager's.</summary>
    public static string NetworkManager => $". {Here()}/daemons/start.sh; start_network_manager {s_root}";

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
