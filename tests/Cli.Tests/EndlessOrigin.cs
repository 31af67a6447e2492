using System.Net;
using System.Net.Sockets;

namespace Karez.Cli.Tests;

/// <summary>A server whose one page has no end: it writes until nobody listens.</summary>
internal sealed class EndlessOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> _running = [];

    public EndlessOrigin()
    {
        _listener.Start();
        _running.Add(AcceptAsync());
    }

    public Uri Page => new($"http://{_listener.LocalEndpoint}/");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await Task.WhenAll(_running.ToArray());
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _running.Add(WriteAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static async Task WriteAsync(TcpClient caller)
    {
        using (caller)
        {
            var stream = caller.GetStream();
            var chunk = new byte[32_768];
            try
            {
                await stream.ReadAtLeastAsync(chunk, 1);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray());
                while (true)
                {
                    await stream.WriteAsync(chunk);
                    await Task.Delay(1); // some ten megabytes a second: the flows are the load, not the whole machine
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The caller went away.
            }
        }
    }
}
