using Karez.Net.Loops;
using Karez.Wire;

namespace Karez.Net.Relay;

/// <summary>
/// Lets a spliced flow that runs at gigabits a second gather octets before the loop is woken (SO_RCVLOWAT): what moving
/// costs is mostly waking. A flow that pauses or becomes slow is read after two milliseconds, and then as ever.
/// </summary>
/// <param name="from">Where the octets come from.</param>
internal sealed class Gathering(Connection from) : IDisposable
{
    private LoopTimer? _late;
    private Instant _began = from.Loop.Now;
    private long _octets = from.BytesRead;
    private bool _wasLate;

    /// <summary>Whether the kernel waits for <see cref="Octets"/>.</summary>
    public bool IsOn { get; private set; }

    /// <summary>To be called before waiting for the source.</summary>
    public void Begin()
    {
        var now = from.Loop.Now;
        if (!IsOn && now - _began >= s_window)
        {
            var isFast = (from.BytesRead - _octets) * s_window.Ticks >= FastOctets * (now - _began).Ticks;
            (_began, _octets) = (now, from.BytesRead);
            IsOn = isFast && from.TrySetReadMark(Octets);
        }

        if (!IsOn)
            return;
        _wasLate = false;
        _late ??= new LoopTimer(from.Loop, Look);
        _late.Set(s_patience);
    }

    /// <summary>To be called after it.</summary>
    public void End()
    {
        if (!IsOn)
            return;
        _late?.Cancel();
        if (_wasLate)
            Stop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _late?.Dispose();
        if (IsOn)
            Stop();
    }

    private void Look()
    {
        _wasLate = true;
        from.ReadAnyway();
    }

    private void Stop()
    {
        IsOn = false;
        from.TrySetReadMark(1);
    }

    /// <summary>What is worth waking for.</summary>
    internal const int Octets = 256 * 1024;

    private const long FastOctets = 1024 * 1024; // In each window: a gigabit a second.
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(2);
}
