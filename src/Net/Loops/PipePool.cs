using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Loops;

/// <summary>
/// A loop's pipes of 1 MiB. The kernel gives an unprivileged user 64 of them (fs.pipe-user-pages-soft) and a
/// privileged one as many as there is memory: so there is a bound of our own, and whoever gets none copies.
/// </summary>
public sealed class PipePool
{
    private readonly EventLoop _loop;
    private readonly Stack<Pipe> _free = new();
    private readonly TrimEntry _trim;
    private int _open;
    private int _unused;
    private Instant _refusedUntil;

    internal PipePool(EventLoop loop)
    {
        _loop = loop;
        _trim = new TrimEntry(this);
        BrokenPipes.IgnoreSignal();
    }

    /// <summary>Pipes open, lent or kept. A snapshot; from any thread.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Most pipes at once on this loop; 0 makes every flow copy.</summary>
    public int Limit { get; set; } = 32;

    /// <summary>How large pipes have to be; a kernel that gives smaller ones gives none.</summary>
    internal int Octets { get; set; } = 1024 * 1024;

    /// <summary>Whether asking for one makes sense now.</summary>
    internal bool MayHave => _free.Count > 0 || (_open < Limit && _loop.Now >= _refusedUntil);

    /// <summary>Lends an empty pipe; null when there is none to be had.</summary>
    internal Pipe? TryRent()
    {
        _loop.CheckThread();
        if (_free.TryPop(out var pipe))
        {
            _unused = Math.Min(_unused, _free.Count);
            return pipe;
        }

        return MayHave ? TryOpen() : null;
    }

    internal void Return(Pipe pipe)
    {
        if (pipe.Held > 0 || _free.Count >= MaxFree || !_loop.IsCurrent)
        {
            Close(pipe);
            return;
        }

        _free.Push(pipe);
        if (!_trim.IsScheduled) _loop.Timers.Schedule(_trim, _loop.Now + s_interval);
    }

    internal void Clear()
    {
        while (_free.TryPop(out var pipe)) Close(pipe);
    }

    private Pipe? TryOpen()
    {
        var (readEnd, writeEnd) = (-1, -1);
        if (_loop.HasDescriptors(times: 2) && Pipes.Open(out readEnd, out writeEnd) >= 0)
        {
            var pipe = new Pipe(this, readEnd, writeEnd);
            Volatile.Write(ref _open, _open + 1);
            if (Pipes.SetSize(writeEnd, Octets) >= Octets) return pipe;
            Close(pipe);
        }

        // Out of descriptors or of the user's pages: not asked again with every read.
        _refusedUntil = _loop.Now + s_interval;
        return null;
    }

    private void Close(Pipe pipe)
    {
        pipe.Close();
        Interlocked.Decrement(ref _open);
    }

    /// <summary>Closes what lay here for the whole last interval.</summary>
    private void Trim(Instant now)
    {
        for (; _unused > 0 && _free.TryPop(out var pipe); _unused--) Close(pipe);
        _unused = _free.Count;
        if (_unused > 0) _loop.Timers.Schedule(_trim, now + s_interval);
    }

    private sealed class TrimEntry(PipePool pool) : TimerEntry
    {
        protected internal override void OnTime(Instant now) => pool.Trim(now);
    }

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private const int MaxFree = 8; // our choice
}
