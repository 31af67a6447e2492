using System.Net;
using System.Net.Sockets;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Interop.V2Ray;

/// <summary>A VLESS server of command 3 around <see cref="MuxServer"/>, as small as it can be.</summary>
internal sealed class MuxLoop : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public MuxLoop()
    {
        _listener.Start();
        Serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that came.</summary>
    public int Connections { get; private set; }

    /// <summary>Sessions that were opened in them.</summary>
    public int Sessions { get; private set; }

    /// <summary>Faulted as soon as a connection was not what it should be.</summary>
    public Task Serving { get; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        List<Task> running = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Connections++;
                running.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has ended; so will the connections.
        }

        await Task.WhenAll(running);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        using var turn = new SemaphoreSlim(1);
        var stream = client.GetStream();
        var vless = new VlessServer();
        var mux = new MuxServer(VlessMuxRule.Any);
        var exits = new Dictionary<ushort, Socket>();
        var input = new byte[65_536];
        var output = new byte[MuxServer.MaxOutput];
        var isRequestRead = false;
        try
        {
            for (var got = await stream.ReadAsync(input); got > 0; got = await stream.ReadAsync(input))
            {
                var at = 0;
                if (!isRequestRead)
                {
                    isRequestRead = vless.Feed(input.AsSpan(0, got), out at) == ParseStatus.Done;
                    if (!isRequestRead)
                        continue;
                    Assert.Equal(VlessCommand.Mux, vless.Request.Command);
                    await stream.WriteAsync(new byte[VlessWire.ResponseLength]);
                }

                while (true)
                {
                    var frame = default((MuxEvent Happened, byte[] Data)?);
                    await LockedAsync(turn, () =>
                    {
                        frame = Take(mux, input.AsSpan(at, got - at), output, out var consumed, out var produced);
                        at += consumed;
                        return stream.WriteAsync(output.AsMemory(0, produced));
                    });
                    if (frame is not var (happened, data))
                        break;
                    if (happened.Kind == MuxEventKind.Open)
                    {
                        var exit = await ConnectAsync(happened);
                        exits[happened.Session] = exit;
                        Sessions++;
                        _ = BackAsync(mux, happened, exit, stream, turn);
                    }

                    if (data.Length > 0 && exits.TryGetValue(happened.Session, out var open))
                        await open.SendAsync(data);
                    if (happened.Kind == MuxEventKind.Close && exits.Remove(happened.Session, out open))
                        open.Dispose();
                }
            }
        }
        catch (IOException)
        {
            // The peer was ended by the test.
        }

        foreach (var exit in exits.Values)
            exit.Dispose();
    }

    private static (MuxEvent Happened, byte[] Data)? Take(
        MuxServer mux, ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int produced)
    {
        var status = mux.Feed(input, output, out consumed, out produced, out var happened, out var data);
        Assert.NotEqual(ParseStatus.Failed, status);
        return status == ParseStatus.Done ? (happened, data.ToArray()) : null;
    }

    private static async Task<Socket> ConnectAsync(MuxEvent asked)
    {
        var isTcp = asked.Network == MuxNetwork.Tcp;
        var exit = new Socket(
            AddressFamily.InterNetwork,
            isTcp ? SocketType.Stream : SocketType.Dgram,
            isTcp ? ProtocolType.Tcp : ProtocolType.Udp);
        await exit.ConnectAsync(IPAddress.Loopback, asked.Destination.Port);
        return exit;
    }

    /// <summary>Brings what the exit says back in frames, and its end.</summary>
    private static async Task BackAsync(
        MuxServer mux, MuxEvent session, Socket exit, NetworkStream stream, SemaphoreSlim turn)
    {
        var isTcp = session.Network == MuxNetwork.Tcp;
        var data = new byte[isTcp ? MuxWire.MaxData : MuxWire.MaxDatagram];
        var header = new byte[MuxWire.MaxHeader];
        var source = isTcp ? default : session.Destination;
        try
        {
            for (var got = await exit.ReceiveAsync(data); got > 0; got = await exit.ReceiveAsync(data))
            {
                await LockedAsync(turn, () =>
                {
                    var length = mux.WriteData(session.Session, source, got, header);
                    return length == 0
                        ? ValueTask.CompletedTask
                        : stream.WriteAsync((byte[])[.. header.AsSpan(0, length), .. data.AsSpan(0, got)]);
                });
            }

            await LockedAsync(
                turn, () => stream.WriteAsync(header.AsMemory(0, mux.WriteEnd(session.Session, false, header))));
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // The session or its connection was closed by the peer.
        }
    }

    private static async ValueTask LockedAsync(SemaphoreSlim turn, Func<ValueTask> write)
    {
        await turn.WaitAsync();
        try
        {
            await write();
        }
        finally
        {
            turn.Release();
        }
    }
}
