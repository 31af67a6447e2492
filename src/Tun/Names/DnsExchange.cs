using System.Buffers.Binary;
using System.Net;
using Karez.Ip.Dns;
using Karez.Net.Loops;

namespace Karez.Tun.Names;

/// <summary>One question to another server, by UDP or TCP (RFC 1035 sections 4.2.1 and 4.2.2).</summary>
public static class DnsExchange
{
    /// <summary>Asks by UDP from a socket of its own, by TCP where the answer was cut.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="server">Whom to ask.</param>
    /// <param name="query">A message of one question.</param>
    /// <param name="mark">SO_MARK, to go past the device; 0 sets none.</param>
    /// <returns>The answer; null when there was none in time.</returns>
    public static async ValueTask<byte[]?> AskDirectAsync(
        EventLoop loop, IPEndPoint server, ReadOnlyMemory<byte> query, uint mark)
    {
        ArgumentNullException.ThrowIfNull(server);
        var options = new ConnectOptions(mark);
        var answer = await AskByUdpAsync(loop, server, query, options);
        if (answer is null || !DnsResponse.IsTruncated(answer))
            return answer;
        try
        {
            using var connection = await Connection.ConnectAsync(loop, server, s_patience, options);
            return await AskByTcpAsync(connection, query) ?? answer;
        }
        catch (ConnectionException)
        {
            return answer; // the half that came is better than nothing
        }
    }

    /// <summary>Asks on a connection that leads to the server; it carries nothing else.</summary>
    internal static async ValueTask<byte[]?> AskByTcpAsync(Connection connection, ReadOnlyMemory<byte> query)
    {
        using var limit = new LoopTimer(connection.Loop, () => connection.Abort(ConnectionFault.TimedOut));
        limit.Set(s_patience + s_patience);
        try
        {
            var message = new byte[2 + query.Length];
            BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)query.Length);
            query.CopyTo(message.AsMemory(2));
            await connection.WriteAsync(message);
            var answer = await ReadMessageAsync(connection);
            return answer is not null && DnsResponse.Answers(answer, query.Span) ? answer : null;
        }
        catch (ConnectionException)
        {
            return null;
        }
    }

    /// <summary>Reads one message behind its length; null at the end, or when it is longer than any we read.</summary>
    internal static async ValueTask<byte[]?> ReadMessageAsync(Connection connection)
    {
        var length = new byte[2];
        if (!await ReadAllAsync(connection, length))
            return null;
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        return message.Length <= DnsQuery.MaxMessage && await ReadAllAsync(connection, message) ? message : null;
    }

    private static async ValueTask<bool> ReadAllAsync(Connection connection, Memory<byte> block)
    {
        while (!block.IsEmpty)
        {
            var count = await connection.ReadAsync(block);
            if (count == 0)
                return false;
            block = block[count..];
        }

        return true;
    }

    private static async ValueTask<byte[]?> AskByUdpAsync(
        EventLoop loop, IPEndPoint server, ReadOnlyMemory<byte> query, ConnectOptions options)
    {
        try
        {
            var any = server.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? IPAddress.IPv6Any
                : IPAddress.Any;
            using var socket = DatagramConnection.Open(loop, new IPEndPoint(any, 0), options);
            using var limit = new LoopTimer(loop, () => socket.Abort(ConnectionFault.TimedOut));
            limit.Set(s_patience);
            socket.SendTo(query.Span, server);
            var buffer = new byte[DnsQuery.MaxMessage];
            while (true)
            {
                var datagram = await socket.ReceiveFromAsync(buffer);
                if (datagram.Source.Equals(server)
                    && DnsResponse.Answers(buffer.AsSpan(0, datagram.Length), query.Span))
                    return buffer[..datagram.Length];
            }
        }
        catch (Exception exception) when (exception is ConnectionException or ListenException)
        {
            return null;
        }
    }

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
}
