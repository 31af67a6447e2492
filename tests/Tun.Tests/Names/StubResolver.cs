using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Karez.Ip.Dns;

namespace Karez.Tun.Tests.Names;

/// <summary>A name server of a test: answers A with 198.51.100.7 and TXT with many octets, by UDP and TCP.</summary>
internal sealed class StubResolver : IDisposable
{
    private readonly Socket _udp;
    private readonly TcpListener _tcp;

    /// <summary>Listens; call it where its sockets are to be. Port 0 is one that is free for both.</summary>
    public StubResolver(IPEndPoint local) => (_udp, _tcp) = Listen(local);

    public IPEndPoint EndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>The names that were asked for, and how.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>How many questions get no answer, from now on.</summary>
    public int Silent { get; set; }

    /// <summary>Begins to answer.</summary>
    public StubResolver Start()
    {
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
        return this;
    }

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }

    /// <summary>What the kernel gives for UDP may be somebody's for TCP, such as a test's beside this one.</summary>
    private static (Socket Udp, TcpListener Tcp) Listen(IPEndPoint local)
    {
        for (var attempt = 0; ; attempt++)
        {
            var udp = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(local);
            var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!); // bound
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse
                && local.Port == 0 && attempt < MaxAttempts)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var got = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                if (Answer(buffer.AsSpan(0, got.ReceivedBytes), "udp") is { } answer)
                {
                    if (answer.Length > 1232)
                    {
                        answer = answer[..512];
                        answer[2] |= 2;
                    }

                    await _udp.SendToAsync(answer, got.RemoteEndPoint);
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await _tcp.AcceptTcpClientAsync();
                var stream = caller.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query);
                if (Answer(query, "tcp") is not { } answer)
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer]);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or IOException)
        {
            // The end.
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> query, string how)
    {
        Assert.Equal(DnsCode.NoError, DnsQuery.TryRead(query, out var asked));
        Asked.Enqueue($"{how} {asked.Name} {asked.Type}");
        if (Silent > 0)
        {
            Silent--;
            return null;
        }

        var end = DnsName.Skip(query, 12) + 4;
        byte[] data = asked.Type switch
        {
            DnsType.A => [198, 51, 100, 7],
            DnsType.Txt => [.. Enumerable.Repeat((byte[])[200, .. new byte[200]], 8).SelectMany(t => t)],
            _ => [],
        };
        byte[] head = [.. query[..2], 0x81, 0x80, 0, 1, 0, (byte)(data.Length > 0 ? 1 : 0), 0, 0, 0, 0];
        if (data.Length == 0)
            return [.. head, .. query[12..end]];
        return
        [
            .. head, .. query[12..end], 0xC0, 12, 0, (byte)asked.Type, 0, 1, 0, 0, 0, 100,
            (byte)(data.Length >> 8), (byte)data.Length, .. data,
        ];
    }

    private const int MaxAttempts = 50;
}
