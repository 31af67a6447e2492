using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Karez.Tests;

/// <summary>A web server, on loopback unless it is told where, that gives everybody the same kind of answer, one after another.</summary>
internal sealed class DocumentServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<(string Status, string Text)> _answer;
    private readonly Task _serving;

    /// <param name="answer">Called for each who asked; not for those who only came and went.</param>
    /// <param name="at">Where it is; null for a free port of loopback.</param>
    public DocumentServer(Func<(string Status, string Text)> answer, IPEndPoint? at = null)
    {
        (_answer, _listener) = (answer, new TcpListener(at ?? new IPEndPoint(IPAddress.Loopback, 0)));
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}/list";
        _serving = ServeAsync();
    }

    /// <summary>Called for each who came, before anything is read.</summary>
    public Action? Came { get; init; }

    public string Url { get; }

    public void Dispose()
    {
        _listener.Dispose();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var asker = await _listener.AcceptTcpClientAsync();
                Came?.Invoke();
                var stream = asker.GetStream();
                if (await stream.ReadAsync(new byte[4_096]) == 0)
                    continue;
                var (status, text) = _answer();
                var head = $"HTTP/1.1 {status}\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + text));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
            // The test is over, while waiting or between two callers.
        }
    }
}
