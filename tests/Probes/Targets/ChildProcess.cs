using System.Diagnostics;

namespace Karez.Probes.Targets;

/// <summary>A program that the tests started and end again, by its own id.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _drain;
    private readonly Queue<string> _said = new();

    private ChildProcess(Process process)
    {
        _process = process;
        _drain = Task.WhenAll(DrainAsync(process.StandardOutput), DrainAsync(process.StandardError));
    }

    /// <summary>True once it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it printed.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    /// <summary>Where a program of the system lies, or null.</summary>
    public static string? Find(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/bin"];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts a program of the system; a missing one is an error with the package's name.</summary>
    public static ChildProcess Start(string program, string package, IEnumerable<string> arguments)
    {
        var path = Find(program)
            ?? throw new FileNotFoundException($"{program} is not installed: apt-get install {package}");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Leash, "sh", path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(Process.Start(start)!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _drain;
        _process.Dispose();
    }

    // the program ends when our end of its leash does, also when this process is killed
    private const string Leash =
        "exec 3<&0; \"$@\" 3<&- & p=$!; { cat <&3 >/dev/null; kill -9 $p; } & c=$!; wait $p; kill $c 2>/dev/null";

    private async Task DrainAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Enqueue(line);
                if (_said.Count > 20)
                    _said.Dequeue();
            }
        }
    }
}
