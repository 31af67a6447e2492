using System.Diagnostics;
using System.Text;

namespace Karez.Beds;

/// <summary>A program running in a machine.</summary>
public sealed class MachineProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Task _collecting;
    private bool _disposed;

    internal MachineProcess(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        Id = _process.Id;
        _collecting = Task.WhenAll(CollectAsync(_process.StandardOutput), CollectAsync(_process.StandardError));
    }

    /// <summary>The process; iproute2 replaces itself by the program, so it is the program's own number.</summary>
    public int Id { get; }

    /// <summary>What it has printed so far to both outputs.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
                return _printed.ToString();
        }
    }

    /// <summary>Waits until it has printed this.</summary>
    /// <exception cref="BedException">It ended without.</exception>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        while (!Printed.Contains(text, StringComparison.Ordinal))
        {
            if (_collecting.IsCompleted && !Printed.Contains(text, StringComparison.Ordinal))
                throw new BedException($"ended without \"{text}\": {Printed}");
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Waits for its end and for all it printed.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _collecting.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Kills it and its children, if it still runs.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task CollectAsync(StreamReader reader)
    {
        var block = new char[4096];
        try
        {
            for (int length; (length = await reader.ReadAsync(block)) > 0;)
            {
                lock (_printed)
                    _printed.Append(block, 0, length);
            }
        }
        catch (Exception ended) when (ended is ObjectDisposedException or IOException)
        {
            // It was ended while it printed.
        }
    }
}
