using System.Diagnostics.CodeAnalysis;
using Karez.Wire;

namespace Karez.Proxy.Mux;

/// <summary>Sockets that a client may come back to by GlobalID: attached to a stream, or waiting for one.</summary>
/// <remarks>
/// Each attachment has a lease; only its holder can detach or remove the socket, so a stream whose socket was taken
/// over
/// can no longer touch it.
/// </remarks>
/// <typeparam name="TSocket">What the shell keeps for a session.</typeparam>
/// <param name="capacity">How many are kept at most.</param>
public sealed class XudpTable<TSocket>(int capacity)
    where TSocket : class
{
    // As long as Xray's servers wait, so that clients written for them find what they expect.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(Guid User, ulong Id), Entry> _sockets = [];

    // All wait equally long, so they expire in the order in which they were detached.
    private readonly Queue<((Guid User, ulong Id) Key, long Lease, Instant Expires)> _waiting = new();
    private long _lastLease;

    /// <summary>Sockets kept, attached ones included.</summary>
    public int Count => _sockets.Count;

    /// <summary>When <see cref="TryExpire"/> is to be called next.</summary>
    public Instant Deadline => _waiting.TryPeek(out var first) ? first.Expires : Instant.Never;

    /// <summary>Finds the socket of a person's id and attaches it to another stream.</summary>
    public bool TryTake(Guid user, ulong id, [NotNullWhen(true)] out TSocket? socket, out long lease)
    {
        (socket, lease) = (null, 0);
        if (!_sockets.TryGetValue((user, id), out var entry))
            return false;
        (socket, lease) = (entry.Socket, ++_lastLease);
        _sockets[(user, id)] = new Entry(socket, lease);
        return true;
    }

    /// <summary>Keeps a new session's socket, attached; false if there is no id, no room, or one already.</summary>
    public bool TryAdd(Guid user, ulong id, TSocket socket, out long lease)
    {
        lease = 0;
        if (id == 0 || _sockets.Count >= capacity || !_sockets.TryAdd((user, id), new Entry(socket, _lastLease + 1)))
            return false;
        lease = ++_lastLease;
        return true;
    }

    /// <summary>The stream of a socket is over: it waits from now on.</summary>
    /// <returns>False: it is not kept. Close it, unless it was taken over.</returns>
    public bool Detach(Guid user, ulong id, long lease, Instant now)
    {
        if (!IsHeld(user, id, lease))
            return false;
        // Whoever comes and goes all the time does not get more memory than the table has.
        if (_waiting.Count >= 2 * capacity)
            return !_sockets.Remove((user, id));
        _waiting.Enqueue(((user, id), lease, now + Patience));
        return true;
    }

    /// <summary>True while the lease is the socket's last: it was not taken over.</summary>
    public bool IsHeld(Guid user, ulong id, long lease) =>
        _sockets.TryGetValue((user, id), out var entry) && entry.Lease == lease;

    /// <summary>Forgets a socket that broke.</summary>
    public void Remove(Guid user, ulong id, long lease)
    {
        if (IsHeld(user, id, lease))
            _sockets.Remove((user, id));
    }

    /// <summary>Gives back a socket whose patience is over, to be closed; call until false.</summary>
    public bool TryExpire(Instant now, [NotNullWhen(true)] out TSocket? socket)
    {
        socket = null;
        while (_waiting.TryPeek(out var first) && first.Expires <= now)
        {
            _waiting.Dequeue();
            if (!IsHeld(first.Key.User, first.Key.Id, first.Lease))
                continue;
            _sockets.Remove(first.Key, out var entry);
            socket = entry.Socket;
            return true;
        }

        return false;
    }

    private readonly record struct Entry(TSocket Socket, long Lease);
}
