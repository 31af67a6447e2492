using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>
/// A port on a subscriber's machine behind which is one server, reached through a pluggable transport's SOCKS5 port:
/// the transport's arguments are the client's name there (pt-spec). Each step waits for its answer, as it asks.
/// </summary>
internal sealed class TransportDoor : IDisposable
{
    private static readonly byte[] s_greeting = [5, 1, 2]; // RFC 1928: one method, name and password.

    private readonly Socket _listener;
    private readonly Func<Socket> _open;
    private readonly IPEndPoint _transport;
    private readonly byte[] _arguments;
    private readonly byte[] _request;

    private TransportDoor(WorldHost host, int port, IPEndPoint transport, string arguments, IPEndPoint server)
    {
        _open = () => host.Machine.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _transport = transport;
        _arguments = Encoding.ASCII.GetBytes(arguments);
        _request = [5, 1, 0, 1, .. server.Address.GetAddressBytes(), 0, 0]; // RFC 1928 section 4
        BinaryPrimitives.WriteUInt16BigEndian(_request.AsSpan(8), (ushort)server.Port);
        _listener = _open();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
    }

    /// <summary>Opens it; it closes with the world.</summary>
    public static void Open(WorldHost host, int port, IPEndPoint transport, string arguments, IPEndPoint server)
    {
        var door = new TransportDoor(host, port, transport, arguments, server);
        host.Own(door);
        _ = door.AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The world is gone.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var transport = _open())
        {
            try
            {
                await transport.ConnectAsync(_transport);
                await StepAsync(transport, s_greeting, 2);
                // RFC 1929: name and password; a password of one zero is none.
                byte[] names = [1, (byte)_arguments.Length, .. _arguments, 1, 0];
                await StepAsync(transport, names, 2);
                await StepAsync(transport, _request, 10);
                await Task.WhenAll(CopyAsync(client, transport), CopyAsync(transport, client));
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // The transport refused, or one side has gone: so does the other.
            }
        }
    }

    private static async Task StepAsync(Socket socket, byte[] said, int expected)
    {
        await socket.SendAsync(said);
        var answer = new byte[expected];
        for (var filled = 0; filled < expected;)
        {
            var count = await socket.ReceiveAsync(answer.AsMemory(filled));
            if (count == 0)
                throw new IOException("closed");
            filled += count;
        }

        // The second octet is 0, or in the first step the method that was chosen.
        if (answer[1] != (said[0] == 5 && said.Length == 3 ? 2 : 0))
            throw new IOException("refused");
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var block = new byte[16 << 10];
        for (int count; (count = await from.ReceiveAsync(block)) > 0;)
        {
            for (var sent = 0; sent < count;)
                sent += await to.SendAsync(block.AsMemory(sent, count - sent));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
