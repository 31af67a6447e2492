using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>Finding programs, and waiting for what they open.</summary>
internal static class Programs
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    /// <summary>Null when a program is there; otherwise how to get it.</summary>
    public static string? Missing(string program, string package) =>
        Find(program) is null ? $"{program} is missing: apt-get install -y --no-install-recommends {package}" : null;

    /// <summary>Where a program is.</summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The first line that a program says about itself.</summary>
    public static async Task<string> VersionAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var line = (output + "\n" + await errors).Split('\n').FirstOrDefault(text => text.Trim().Length > 0) ?? "";
        return line.Trim();
    }

    /// <summary>Waits until something listens on a TCP port of a machine.</summary>
    /// <exception cref="LabException">Nothing does after a while.</exception>
    public static async Task WaitForPortAsync(
        WorldHost host, string address, int port, string who, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            using (var socket = host.Machine.Enter(
                () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)))
            {
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), cancellationToken);
                    return;
                }
                catch (SocketException) when (Stopwatch.GetElapsedTime(began) < s_patience)
                {
                    await Task.Delay(100, cancellationToken);
                }
                catch (SocketException)
                {
                    throw new LabException(
                        $"{who} on {host.Machine.Name}: nothing listens on {address}:{port}",
                        "the run's folder has its files; start it by hand to see what it says");
                }
            }
        }
    }

    /// <summary>Waits until an interface is up on a machine.</summary>
    public static async Task WaitForInterfaceAsync(
        WorldHost host, string name, string who, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!host.Machine.Ip("-br", "addr", "show").Split('\n').Any(
            line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains('.', StringComparison.Ordinal)))
        {
            if (Stopwatch.GetElapsedTime(began) > s_patience)
                throw new LabException($"{who} on {host.Machine.Name}: {name} does not come up", "see its log");
            await Task.Delay(200, cancellationToken);
        }
    }
}
