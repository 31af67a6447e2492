using System.Runtime.InteropServices;

namespace Karez.Cli.Running;

/// <summary>What the operating system asks a running role: to stop, to read again.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="cancellationToken">Stops too.</param>
    /// <param name="again">Called for SIGHUP, on a thread of the pool; null ignores it.</param>
    public Signals(CancellationToken cancellationToken, Action? again = null)
    {
        cancellationToken.Register(_stop.Cancel);
        Take(PosixSignal.SIGTERM, StopOrHurry);
        Take(PosixSignal.SIGINT, StopOrHurry);
        Take(PosixSignal.SIGHUP, again ?? (() => { }));
    }

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Asked twice: no more patience.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>Waits until asked to stop.</summary>
    public async Task WaitAsync()
    {
        var asked = new TaskCompletionSource();
        await using (_stop.Token.Register(asked.SetResult))
            await asked.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void Take(PosixSignal signal, Action action) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            action();
        }));

    private void StopOrHurry()
    {
        if (_stop.IsCancellationRequested)
            _hurry.Cancel();
        _stop.Cancel();
    }
}
