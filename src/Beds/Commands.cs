using System.Diagnostics;

namespace Karez.Beds;

/// <summary>Runs iproute2.</summary>
internal static class Commands
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Where ip is; null where it is not installed.</summary>
    public static string? IpPath { get; } =
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, "ip")).FirstOrDefault(File.Exists);

    /// <summary>Runs ip with these words, and gives what it printed.</summary>
    public static string Ip(params IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(IpPath ?? throw new BedException("ip is not installed (iproute2)."), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            throw new BedException($"ip {string.Join(' ', words)}: does not end");
        }

        return process.ExitCode == 0
            ? printed
            : throw new BedException($"ip {string.Join(' ', words)}: {errors.GetAwaiter().GetResult().Trim()}");
    }
}
