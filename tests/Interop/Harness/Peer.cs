using System.Collections.Concurrent;
using System.Diagnostics;

namespace Karez.Interop.Harness;

/// <summary>Somebody else's program, running for one test; ended with it.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Peer(ProcessStartInfo start, string readyMark)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not { } text)
                return;
            _lines.Enqueue(text);
            if (readyMark.Length > 0 && text.Contains(readyMark, StringComparison.Ordinal))
                _ready.TrySetResult(text);
        }

        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("ended: " + Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has said.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The line that said it was ready.</summary>
    public string ReadyLine => _ready.Task.Result;

    /// <summary>Starts a program and waits for a line that contains <paramref name="readyMark"/>.</summary>
    public static async Task<Peer> StartAsync(
        string program,
        string[] arguments,
        string readyMark,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var peer = new Peer(Describe(program, arguments, environment), readyMark);
        try
        {
            await peer._ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            var said = peer.Output;
            peer.Dispose();
            throw new TimeoutException($"{program} did not become ready: {said}");
        }

        return peer;
    }

    /// <summary>Starts a program that needs time to listen, and waits until a connection to it is accepted.</summary>
    public static async Task<Peer> StartAsync(string program, string[] arguments, int port)
    {
        var peer = new Peer(Describe(program, arguments, null), "");
        for (var attempt = 0; attempt < 200; attempt++)
        {
            Assert.False(peer._process.HasExited, peer.Output);
            if (await Ports.AnswersAsync(port))
                return peer;
            await Task.Delay(50);
        }

        peer.Dispose();
        throw new TimeoutException($"{program} did not listen: {peer.Output}");
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var peer = new Peer(Describe(program, arguments, null), "");
        await peer._process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (peer._process.ExitCode, peer.Output);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _ = _ready.Task.Exception; // an end that nobody waited for is no fault
    }

    private static ProcessStartInfo Describe(
        string program, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
