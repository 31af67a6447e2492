using System.Net;
using Karez.Net.Loops;
using Karez.Proxy.Mux;
using Karez.Wire;

namespace Karez.Net.Relay;

/// <summary>
/// Opens the sockets of UDP sessions, and keeps those with a GlobalID for a while after their stream has ended, so that
/// the same person finds them again, from whatever loop. One object serves all loops; docs/protocols/datagrams.md.
/// </summary>
public sealed class SocketShelf(DatagramLimits limits)
{
    private readonly Lock _gate = new();
    private readonly XudpTable<KeptSocket> _table = new(limits.MaxKept);
    private readonly Dictionary<(Guid User, ulong Id), KeptSocket> _kept = [];
    private readonly Dictionary<Guid, int> _byPerson = [];
    private bool _expiryIsDue;

    /// <summary>Sockets that somebody can come back to, those in use included. From any thread.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _kept.Count;
        }
    }

    /// <summary>Opens a session's socket on the calling loop, or takes over the one that the id names.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="user">Whose; nobody else can reach it.</param>
    /// <param name="id">The GlobalID; 0 is none.</param>
    /// <returns>The socket and its lease; give both back to <see cref="Return"/>.</returns>
    /// <exception cref="ListenException">No socket to be had.</exception>
    /// <exception cref="ConnectionException">The loop could not watch it, or the person was revoked.</exception>
    public async ValueTask<(KeptSocket Socket, long Lease)> OpenAsync(EventLoop loop, Guid user, ulong id)
    {
        if (!TryTake(user, id, out var found, out var lease))
            return OpenNew(loop, user, id);
        var from = found.Loop; // nobody else moves it now
        var loose = from.IsCurrent ? found.Socket.Release() : await ReleaseAsync(from, found);
        lock (_gate)
        {
            found.IsMoving = false;
            if (loose is { } open && !found.IsForgotten)
            {
                found.Arrive(DatagramConnection.Adopt(loop, open));
                return (found, lease);
            }

            loose?.Close();
            Forget(found);
        }

        throw new ConnectionException(ConnectionFault.Closed);
    }

    /// <summary>Called on its loop when the session's stream ended.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="lease">As <see cref="OpenAsync"/> gave it.</param>
    /// <param name="keep">False closes it at once.</param>
    public void Return(KeptSocket socket, long lease, bool keep)
    {
        lock (_gate)
        {
            if (socket.Lease != lease)
                return; // taken over: it is another session's now, or will be in a moment
            if (keep && !socket.IsForgotten && _table.Detach(socket.User, socket.Id, lease, socket.Loop.Now))
            {
                ExpireLater(socket.Loop);
                return;
            }

            Forget(socket);
        }

        socket.Socket.Dispose();
    }

    /// <summary>Closes the sockets of everybody else, in use or not. From any thread.</summary>
    public void CloseAllBut(Func<Guid, bool> mayStay)
    {
        lock (_gate)
        {
            foreach (var socket in _kept.Values.Where(s => !mayStay(s.User)).ToArray())
                Close(socket);
        }
    }

    private bool TryTake(Guid user, ulong id, out KeptSocket socket, out long lease)
    {
        lock (_gate)
        {
            // One that is on its way from loop to loop is not there for a third; that one gets a socket of its own.
            (socket, lease) = (null!, 0);
            if (_kept.TryGetValue((user, id), out var kept) && kept.IsMoving)
                return false;
            if (!_table.TryTake(user, id, out var found, out lease))
                return false;
            (found.IsMoving, found.Lease) = (true, lease);
            socket = found;
            return true;
        }
    }

    private (KeptSocket Socket, long Lease) OpenNew(EventLoop loop, Guid user, ulong id)
    {
        var local = new IPEndPoint(IPAddress.IPv6Any, 0);
        var socket = new KeptSocket(DatagramConnection.Open(loop, local, ConnectOptions.Default), user, id);
        lock (_gate)
        {
            var mine = _byPerson.GetValueOrDefault(user);
            if (mine < limits.MaxKeptByPerson && _table.TryAdd(user, id, socket, out var lease))
            {
                socket.Lease = lease;
                _kept.Add((user, id), socket);
                _byPerson[user] = mine + 1;
            }

            return (socket, socket.Lease);
        }
    }

    private static async Task<DatagramConnection.Loose?> ReleaseAsync(EventLoop from, KeptSocket socket)
    {
        try
        {
            return await from.RunAsync(() => ValueTask.FromResult(socket.Socket.Release()));
        }
        catch (ObjectDisposedException)
        {
            return null; // the loops are ending, one before the other
        }
    }

    /// <summary>One timer for all, on whichever loop was first: they expire in the order in which they came.</summary>
    private void ExpireLater(EventLoop loop)
    {
        if (_expiryIsDue)
            return;
        _expiryIsDue = true;
        LoopTimer? timer = null;
        timer = new LoopTimer(loop, Expire);
        timer.SetAt(_table.Deadline + s_grace);

        void Expire()
        {
            lock (_gate)
            {
                while (_table.TryExpire(loop.Now, out var socket))
                    Close(socket);
                _expiryIsDue = _table.Deadline != Instant.Never;
                if (_expiryIsDue)
                    timer!.SetAt(_table.Deadline + s_grace); // set before it can run
            }
        }
    }

    private void Close(KeptSocket socket)
    {
        Forget(socket);
        if (!socket.IsMoving)
            socket.Loop.Post(() => socket.Socket.Dispose());
    }

    private void Forget(KeptSocket socket)
    {
        socket.IsForgotten = true;
        _table.Remove(socket.User, socket.Id, socket.Lease);
        if (!_kept.TryGetValue((socket.User, socket.Id), out var kept) || kept != socket)
            return;
        _kept.Remove((socket.User, socket.Id));
        if (--_byPerson[socket.User] == 0)
            _byPerson.Remove(socket.User);
    }

    // Loops read the clock at different moments.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
}
