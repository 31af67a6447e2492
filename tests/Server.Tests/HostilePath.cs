using System.Net;
using System.Net.Sockets;
using Karez.Observe;
using Karez.Tests;

namespace Karez.Server.Tests;

/// <summary>
/// A path that cuts what it carries at random octets and reads along: TLS records, first octet to last, in both
/// directions of every connection. Nothing but the records' headers is kept.
/// </summary>
internal sealed class HostilePath : IAsyncDisposable
{
    /// <summary>Octets of each direction that are cut small: there lie hellos, frames and the change to raw.</summary>
    private const int CutSmall = 100_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _far;
    private readonly ulong _seed;
    private readonly Task _accepting;
    private readonly List<Task> _copying = [];
    private readonly List<Sight> _sights = [];

    public HostilePath(IPEndPoint far, ulong seed)
    {
        (_far, _seed) = (far, seed);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was seen of each direction, once every connection so far has ended: up, down, up, down.</summary>
    public async Task<IReadOnlyList<Sight>> EndedAsync()
    {
        Task[] copying;
        lock (_sights)
            copying = [.. _copying];
        await Task.WhenAll(copying);
        lock (_sights)
            return [.. _sights];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_copying);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_far);
                near.NoDelay = far.NoDelay = true;
                lock (_sights)
                {
                    Sight up = new(), down = new();
                    _sights.AddRange([up, down]);
                    _copying.Add(CarryAsync(near, far, up, down, _seed + (ulong)_sights.Count));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static async Task CarryAsync(Socket near, Socket far, Sight up, Sight down, ulong seed)
    {
        using (near)
        using (far)
        {
            await Task.WhenAll(
                CopyAsync(near, far, up, new SeededEntropy(seed << 1)),
                CopyAsync(far, near, down, new SeededEntropy((seed << 1) + 1)));
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Sight sight, SeededEntropy entropy)
    {
        await Task.Yield();
        var buffer = new byte[1 << 16];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    var most = Draw(entropy, sight.Octets < CutSmall ? 600 : buffer.Length);
                    var piece = buffer.AsMemory(sent, Math.Min(most, count - sent));
                    sight.Feed(piece.Span);
                    await to.SendAsync(piece);
                    sent += piece.Length;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Reset: an end as well.
        }
    }

    private static int Draw(SeededEntropy entropy, int most)
    {
        Span<byte> draw = stackalloc byte[4];
        entropy.Fill(draw);
        return 1 + (int)(BitConverter.ToUInt32(draw) % (uint)most);
    }

    /// <summary>One direction of a connection, as records.</summary>
    internal sealed class Sight
    {
        private readonly RecordSplitter _splitter = new();

        public List<RecordSight> Records { get; } = [];

        public long Octets => _splitter.Position;

        public long? NotTlsFrom => _splitter.NotTlsFrom;

        public bool InsideRecord => _splitter.InsideRecord;

        public void Feed(ReadOnlySpan<byte> octets) => _splitter.Feed(octets, Records);
    }
}
