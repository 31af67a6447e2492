using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Karez.Probes.Hello;
using Karez.Probes.Raw;

namespace Karez.Probes.Nodes;

/// <summary>
/// A plain relay on loopback: what a node is to a stranger. It is the stand-in that the suite itself is proved on, the
/// control of the timing tests (one more hop and nothing else), and, with a tap, the recorder of real clients.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly Mutation _mutation;
    private readonly byte[]? _key;
    private readonly Action<int, bool, ReadOnlyMemory<byte>>? _tap;
    private readonly ConcurrentDictionary<int, (Task Task, Socket Client, Socket Target)> _flows = new();
    private readonly Task _accepting;
    private int _count;

    /// <summary>Listens on a free port of loopback.</summary>
    /// <param name="target">Where everything goes.</param>
    /// <param name="mutation">A fault on purpose.</param>
    /// <param name="key">Key of <see cref="Sealed"/>, for the mutation that looks at seals.</param>
    /// <param name="tap">Called with connection number, true for the target's octets, and the octets.</param>
    public TcpRelay(
        IPEndPoint target, Mutation mutation = Mutation.None, byte[]? key = null,
        Action<int, bool, ReadOnlyMemory<byte>>? tap = null)
    {
        _target = target;
        _mutation = mutation;
        _key = key;
        _tap = tap;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Endpoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Waits until no connection is open, at most this long.</summary>
    public Task RestAsync(TimeSpan atMost) =>
        Task.WhenAny(Task.WhenAll(_flows.Values.Select(f => f.Task)), Task.Delay(atMost));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var flow in _flows.Values)
        {
            TcpState.Reset(flow.Client);
            TcpState.Reset(flow.Target);
        }

        await Task.WhenAll(_flows.Values.Select(f => f.Task));
    }

    /// <summary>A hello with a session id sealed by the key: the stand-in's idea of "one of ours".</summary>
    public static byte[] Sealed(byte[] hello, byte[] key)
    {
        byte[] copy = [.. hello];
        Tag(copy, key).CopyTo(copy.AsSpan(44, 32));
        return copy;
    }

    private static byte[] Tag(ReadOnlySpan<byte> hello, byte[] key)
    {
        byte[] copy = [.. hello];
        copy.AsSpan(44, 32).Clear();
        return HMACSHA256.HashData(key, copy);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                var number = _count++;
                var entry = new TaskCompletionSource();
                _flows[number] = (entry.Task, client, target);
                _ = ServeAsync(number, client, target).ContinueWith(
                    _ =>
                    {
                        entry.SetResult();
                        _flows.TryRemove(number, out var _);
                    },
                    TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed: no more connections
        }
    }

    private async Task ServeAsync(int number, Socket client, Socket target)
    {
        client.NoDelay = target.NoDelay = true;
        try
        {
            await target.ConnectAsync(_target);
            var flow = new RelayFlow(client, target, _mutation, o => _key is not null && Opens(o, _key));
            await flow.RunAsync((fromTarget, octets) => _tap?.Invoke(number, fromTarget, octets));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            TcpState.Reset(client);
        }
        finally
        {
            client.Dispose();
            target.Dispose();
        }
    }

    private static bool Opens(ReadOnlyMemory<byte> octets, byte[] key) =>
        HelloLayout.LooksLikeHello(octets.Span)
        && Tag(octets.Span, key).AsSpan().SequenceEqual(octets.Span.Slice(44, 32));
}
