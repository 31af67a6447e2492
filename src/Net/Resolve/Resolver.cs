using System.Net;
using System.Net.Sockets;
using Karez.Net.Loops;

namespace Karez.Net.Resolve;

/// <summary>
/// Looks names up off the loops, remembers answers for a while, and asks once for all who want the same name at the
/// same time. For any thread; awaited on a loop it comes back there. Nothing is written anywhere.
/// </summary>
public sealed class Resolver : IDisposable
{
    private readonly ResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string, IPAddress[]> _lookup;
    private readonly WorkerPool _workers;
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<Entry> _byAge = [];
    private int _lookups;

    /// <summary>Makes a resolver over the system's own.</summary>
    public Resolver(ResolverOptions options, TimeProvider time) : this(options, time, Dns.GetHostAddresses)
    {
    }

    /// <summary>
    /// Makes a resolver over another look-up, which may block and throws <see cref="SocketException"/>.
    /// </summary>
    public Resolver(ResolverOptions options, TimeProvider time, Func<string, IPAddress[]> lookup)
    {
        _options = options;
        _time = time;
        _lookup = lookup;
        _workers = new WorkerPool("names", options.Threads, options.MaxLookups);
    }

    /// <summary>Names remembered at this moment.</summary>
    public int Count
    {
        get
        {
            lock (_entries) return _entries.Count;
        }
    }

    /// <summary>Looks a name up; never throws for a name.</summary>
    public async ValueTask<Answer> ResolveAsync(string name)
    {
        Task<Answer> pending;
        lock (_entries)
        {
            if (_entries.TryGetValue(name, out var node) && !IsOver(node.Value))
            {
                pending = node.Value.Answer;
            }
            else
            {
                if (_lookups >= _options.MaxLookups) return s_busy;
                _lookups++;
                var entry = new Entry(name);
                entry.Answer = LookUpAsync(entry);
                pending = entry.Answer;
                Remember(entry);
            }
        }

        if (pending.IsCompleted) return await pending;
        try
        {
            return await pending.WaitAsync(_options.Patience, _time);
        }
        catch (TimeoutException)
        {
            return s_timedOut;
        }
    }

    /// <summary>Ends the threads; what is under way fails.</summary>
    public void Dispose() => _workers.Dispose();

    private async Task<Answer> LookUpAsync(Entry entry)
    {
        // Called under the lock and on somebody's loop; goes on without either, as others may wait for it too.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Answer answer;
        try
        {
            answer = await _workers.RunAsync(() => Ask(entry.Name)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // However it failed, the name must not stay pending for ever.
        catch (Exception)
#pragma warning restore CA1031
        {
            answer = s_failed;
        }

        var keep = answer.Status == ResolveStatus.Found ? _options.Keep : _options.KeepFailure;
        var until = _time.GetTimestamp() + (long)(keep.TotalSeconds * _time.TimestampFrequency);
        Volatile.Write(ref entry.Until, until);
        lock (_entries) _lookups--;
        return answer;
    }

    private Answer Ask(string name)
    {
        try
        {
            var addresses = _lookup(name);
            if (addresses.Length == 0) return s_notFound;
            return new Answer(ResolveStatus.Found, [.. addresses.Take(_options.MaxAddresses)]);
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? s_notFound : s_failed;
        }
        catch (ArgumentException)
        {
            // The framework's own idea of a name: too long, or an address that names nobody (0.0.0.0).
            return s_notFound;
        }
    }

    private bool IsOver(Entry entry) => _time.GetTimestamp() >= Volatile.Read(ref entry.Until);

    private void Remember(Entry entry)
    {
        if (_entries.Remove(entry.Name, out var old)) _byAge.Remove(old);
        while (_entries.Count >= _options.MaxNames && _byAge.First is { } oldest)
        {
            _entries.Remove(oldest.Value.Name);
            _byAge.Remove(oldest);
        }

        _entries[entry.Name] = _byAge.AddLast(entry);
    }

    private sealed class Entry(string name)
    {
        internal string Name { get; } = name;

        internal Task<Answer> Answer { get; set; } = Task.FromResult(s_failed);

        /// <summary>The timestamp from which it is asked again; never while the look-up is under way.</summary>
        internal long Until = long.MaxValue;
    }

    private static readonly Answer s_notFound = new(ResolveStatus.NotFound, []);
    private static readonly Answer s_failed = new(ResolveStatus.Failed, []);
    private static readonly Answer s_timedOut = new(ResolveStatus.TimedOut, []);
    private static readonly Answer s_busy = new(ResolveStatus.Busy, []);
}
