using System.Net;
using Karez.Net.Loops;
using Karez.Observe;

namespace Karez.Cli.Trying;

/// <summary>A wire between client and node that somebody listens to: passes octets on and keeps what it saw.</summary>
internal sealed class Wiretap : IAsyncDisposable
{
    // What later connections carry passes unseen.
    private const int MaxSights = 64;

    private readonly LoopGroup _loops;
    private readonly IPEndPoint _node;
    private readonly List<WireSight> _sights = [];
    private readonly Listener _listener;

    public Wiretap(IPEndPoint node, Action<Exception> unhandled)
    {
        _node = node;
        _loops = new LoopGroup(1, TimeProvider.System, unhandled);
        _listener = Listener.Start(
            _loops, new IPEndPoint(IPAddress.Loopback, 0), PassAsync, ListenerOptions.Default);
    }

    /// <summary>Where the client finds it.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    /// <summary>Every connection so far.</summary>
    public IReadOnlyList<WireSight> Sights
    {
        get
        {
            lock (_sights)
                return [.. _sights];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _loops.DisposeAsync();
    }

    private async ValueTask PassAsync(Connection client)
    {
        var sight = new WireSight();
        lock (_sights)
        {
            if (_sights.Count < MaxSights)
                _sights.Add(sight);
        }

        try
        {
            using var node = await Connection.ConnectAsync(
                client.Loop, _node, TimeSpan.FromSeconds(10), ConnectOptions.Default);
            var up = PumpAsync(client, node, sight, Direction.ClientToServer).AsTask();
            await PumpAsync(node, client, sight, Direction.ServerToClient);
            await up;
        }
        catch (ConnectionException)
        {
            // One end went away; so does the wire.
        }
    }

    private static async ValueTask PumpAsync(Connection from, Connection to, WireSight sight, Direction direction)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var count)
            {
                sight.Note(direction, buffer.AsSpan(0, count));
                await to.WriteAsync(buffer.AsMemory(0, count));
            }

            to.ShutdownWrite();
        }
        catch (ConnectionException)
        {
            from.Abort(ConnectionFault.Aborted);
            to.Abort(ConnectionFault.Aborted);
        }
    }
}
