using System.Diagnostics;

namespace Karez.Lab.Engines;

/// <summary>Runs an engine's program over a file.</summary>
internal static class EngineProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Where a program is; null where it is not installed.</summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/bin".Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end, and gives what it printed to standard output.</summary>
    /// <exception cref="LabException">It failed, or does not end.</exception>
    public static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            var printed = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? printed
                : throw new LabException($"{program} failed: {(await errors).Trim()}", "run it by hand to see more");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"{program} does not end", "a shorter capture may help");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
