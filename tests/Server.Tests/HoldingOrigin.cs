using System.Net;
using System.Net.Sockets;

namespace Karez.Server.Tests;

/// <summary>An origin that answers nobody until it is told to; then everybody, with one octet and the end.</summary>
internal sealed class HoldingOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _waiting;

    public HoldingOrigin()
    {
        _listener.Start(backlog: 1024);
        _accepting = AcceptAsync();
    }

    public Uri Page => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Requests that are held.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Release() => _release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(TcpClient caller)
    {
        using (caller)
        {
            var stream = caller.GetStream();
            await stream.ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false);
            Interlocked.Increment(ref _waiting);
            await _release.Task;
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\no"u8.ToArray());
        }
    }
}
