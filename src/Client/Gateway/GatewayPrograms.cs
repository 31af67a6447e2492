using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Karez.Guard;

namespace Karez.Client.Gateway;

/// <summary>
/// dnsmasq and, for an access point, hostapd: started with files in the state folder, started again when they end,
/// ended with the gateway; after a SIGKILL by the journal.
/// </summary>
internal sealed class GatewayPrograms : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly string[] s_folders = ["/usr/sbin", "/usr/bin", "/sbin", "/usr/local/sbin"];

    private readonly DeviceGuard _guard;
    private readonly Action<string> _note;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    /// <param name="guard">The guard that ends them at the latest.</param>
    /// <param name="note">Told when one ends by itself.</param>
    public GatewayPrograms(DeviceGuard guard, Action<string> note) => (_guard, _note) = (guard, note);

    /// <summary>Writes the files and starts the programs.</summary>
    /// <param name="plan">The network.</param>
    /// <param name="folder">The state folder.</param>
    /// <param name="names">Who answers names.</param>
    /// <exception cref="GuardException">
    /// A program is missing or a file cannot be written; those that were started are ended by disposing.
    /// </exception>
    public void Start(GatewayPlan plan, string folder, IPAddress names)
    {
        var dnsmasq = Write(folder, "dnsmasq.conf", GatewayFiles.Dnsmasq(plan, names, Path.Combine(folder, "leases")));
        Begin("dnsmasq", "dnsmasq-base", ["--keep-in-foreground", "--log-facility=-", $"--conf-file={dnsmasq}"]);
        if (plan.Ssid is not null)
            Begin("hostapd", "hostapd", [Write(folder, "hostapd.conf", GatewayFiles.Hostapd(plan))]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, // hostapd's has a password
            };
            using var writer = new StreamWriter(path, options);
            writer.Write(text);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuardException($"cannot write {path}: {e.Message}", "make room, or give --state DIR", e);
        }
    }

    private void Begin(string program, string package, IReadOnlyList<string> arguments)
    {
        // The first start tells whether it is there; later ones are the loop's.
        var process = Launch(program, package, arguments);
        _running.Add(Task.Run(() => KeepAsync(process, program, package, arguments)));
    }

    private Process Launch(string program, string package, IReadOnlyList<string> arguments)
    {
        var path = s_folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) ?? program;
        try
        {
            return _guard.StartProgram(new ProcessStartInfo(path, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (Win32Exception e)
        {
            throw new GuardException($"{program} is missing", $"apt-get install {package}", e);
        }
    }

    private async Task KeepAsync(Process? process, string program, string package, IReadOnlyList<string> arguments)
    {
        while (process is not null)
        {
            var last = await WatchAsync(process);
            if (_stop.IsCancellationRequested)
                return;
            _note($"{program} ended and is started again: {last}");
            process = await RelaunchAsync(program, package, arguments);
        }
    }

    /// <summary>Starts a program again, until that works; null when all is to end.</summary>
    private async Task<Process?> RelaunchAsync(string program, string package, IReadOnlyList<string> arguments)
    {
        while (true)
        {
            try
            {
                await Task.Delay(Pause, _stop.Token);
                return Launch(program, package, arguments);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return null;
            }
            catch (GuardException e)
            {
                _note(e.Message);
            }
        }
    }

    /// <summary>Reads what it prints until it ends, or ends it; gives the last line.</summary>
    private async Task<string> WatchAsync(Process process)
    {
        using (process)
        {
            var last = "it said nothing";
            var reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
            try
            {
                await process.WaitForExitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            await reading;
            return last;

            async Task ReadAsync(StreamReader reader)
            {
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (line.Length > 0)
                        last = line;
                }
            }
        }
    }
}
