using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Karez.Lab.Running;

/// <summary>Shows how far a run is: one living line on a terminal, plain lines now and then elsewhere.</summary>
internal sealed class TerminalProgress(TextWriter error, bool isTerminal) : IRunProgress
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(10);

    private readonly long _began = Stopwatch.GetTimestamp();
    private StatusContext? _status;
    private string _part = "";
    private long _told;

    /// <summary>Runs something and shows it.</summary>
    public async Task<T> ShowAsync<T>(Func<Task<T>> run)
    {
        if (!isTerminal)
            return await run();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Status().StartAsync("starting", async status =>
        {
            _status = status;
            return await run();
        });
    }

    public void Begin(string part)
    {
        _part = part;
        _told = Stopwatch.GetTimestamp();
        Write("");
    }

    public void Tell(string state)
    {
        if (_status is null && Stopwatch.GetElapsedTime(_told) < s_between)
            return;
        _told = Stopwatch.GetTimestamp();
        Write(state);
    }

    private void Write(string state)
    {
        var elapsed = Stopwatch.GetElapsedTime(_began);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{(int)elapsed.TotalMinutes}:{elapsed.Seconds:00} {_part}{(state.Length > 0 ? ": " : "")}{state}");
        if (_status is { } status)
            status.Status = Markup.Escape(line);
        else
            error.WriteLine(line);
    }
}
