using System.Net;
using System.Net.Sockets;

namespace Karez.Interop.Harness;

/// <summary>Answers each datagram with itself behind one octet, 0xE0.</summary>
internal sealed class UdpEcho : IAsyncDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;

    public UdpEcho() => _serving = ServeAsync();

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port; // bound in the initializer

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _serving;
        _socket.Dispose();
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var datagram = await _socket.ReceiveAsync(_ending.Token);
                await _socket.SendAsync((byte[])[0xE0, .. datagram.Buffer], datagram.RemoteEndPoint, _ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }
}
