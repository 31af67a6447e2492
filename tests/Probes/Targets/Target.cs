using System.Net;
using System.Net.Sockets;

namespace Karez.Probes.Targets;

/// <summary>A web server that is borrowed, started for the tests on loopback.</summary>
public abstract class Target : IAsyncDisposable
{
    /// <summary>The name in probe files (<c>on nginx</c>).</summary>
    public abstract string Name { get; }

    /// <summary>Where it listens; more than one when one of it serves one connection at a time.</summary>
    public abstract IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>Probes that may run against one endpoint at the same time.</summary>
    public abstract int AtOnce { get; }

    /// <summary>Starts it and waits until it accepts.</summary>
    public abstract Task StartAsync(TargetFiles files, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>A loopback port that was free a moment ago.</summary>
    protected static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    /// <summary>Waits until something accepts there; false when it does not within five seconds.</summary>
    protected static async Task<bool> AcceptsAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 100; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endpoint, cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(50, cancellationToken);
            }
        }

        return false;
    }
}
