using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Karez.Interop.OpenSsl;

/// <summary>One run of the `openssl` program: its standard input and all that it printed.</summary>
internal sealed class OpenSslProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Thread[] _collectors;

    private OpenSslProgram(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("openssl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        _collectors = [Collecting(_process.StandardOutput), Collecting(_process.StandardError)];
    }

    /// <summary>Whether the program is installed; where it is not, the tests say so and are skipped.</summary>
    public static bool IsInstalled { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "openssl")));

    public static OpenSslProgram Start(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>Waits for a match in what the program prints.</summary>
    public Match WaitFor(string pattern)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var match = Regex.Match(Printed, pattern);
            if (match.Success)
                return match;
            if (patience.Elapsed > Patience)
                Assert.Fail($"openssl did not print /{pattern}/ but:\n{Printed}");
            Thread.Sleep(10);
        }
    }

    public string Printed
    {
        get
        {
            lock (_printed)
                return _printed.ToString();
        }
    }

    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    public int WaitForExit()
    {
        Assert.True(_process.WaitForExit(Patience), Printed);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        foreach (var collector in _collectors)
            collector.Join(); // Until they have read the end: disposing closes what they read.
        _process.Dispose();
    }

    private Thread Collecting(StreamReader reader)
    {
        var thread = new Thread(() => Collect(reader)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Collect(StreamReader reader)
    {
        var block = new char[4096];
        for (int length; (length = reader.Read(block)) > 0;)
        {
            lock (_printed)
                _printed.Append(block, 0, length);
        }
    }
}
