using System.Net;
using System.Net.Sockets;
using Karez.Sys;

namespace Karez.Net.Loops;

/// <content>Making a connection.</content>
public sealed partial class Connection
{
    /// <summary>Connects to an IP end point or a Unix socket, on the calling loop.</summary>
    /// <exception cref="ConnectionException">It did not come about.</exception>
    public static ValueTask<Connection> ConnectAsync(
        EventLoop loop, EndPoint remote, TimeSpan timeout, ConnectOptions options) =>
        ConnectAsync(loop, remote, timeout, options, null);

    /// <summary>
    /// As the public one; <paramref name="begun"/> gets the connection that is being made, for one who may want to
    /// abort it.
    /// </summary>
    internal static async ValueTask<Connection> ConnectAsync(
        EventLoop loop, EndPoint remote, TimeSpan timeout, ConnectOptions options, Action<Connection>? begun)
    {
        loop.CheckThread();
        var deadline = loop.Now + timeout;
        if (remote is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped)
            remote = new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port);
        while (true)
        {
            var connection = Begin(loop, remote, options, out var result);
            begun?.Invoke(connection);
            try
            {
                if (result == -Errno.InProgress)
                {
                    await connection.WaitConnectedAsync(deadline);
                    return connection;
                }

                if (result == 0) return connection;
                // A Unix socket with a full backlog says so at once instead of waiting as TCP does.
                if (result != -Errno.Again || remote is not UnixDomainSocketEndPoint || loop.Now >= deadline)
                    throw new ConnectionException(ConnectFault(-result), -result);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            connection.Dispose();
            await loop.DelayAsync(s_unixRetry);
        }
    }

    private static Connection Begin(EventLoop loop, EndPoint remote, ConnectOptions options, out int result)
    {
        var descriptor = loop.HasDescriptors(times: 1) ? Sockets.OpenStream(remote) : -Errno.ProcessFiles;
        if (descriptor < 0) throw new ConnectionException(ConnectionException.FaultOf(-descriptor), -descriptor);
        var connection = new Connection(loop, descriptor, remote is IPEndPoint, remote);
        result = connection._isIP ? Prepare(descriptor, options) : 0;
        if (result >= 0) result = Sockets.Connect(descriptor, remote);
        // Watched only now: a socket that has not begun to connect would report a hang-up.
        connection.Register(writable: result == 0);
        return connection;
    }

    private static int Prepare(int descriptor, ConnectOptions options)
    {
        var result = Sockets.SetNoDelay(descriptor);
        if (result >= 0 && options.Mark != 0) result = Sockets.SetMark(descriptor, options.Mark);
        if (result >= 0 && options.Patience is { } patience)
            result = Sockets.SetUserTimeout(descriptor, (int)patience.TotalMilliseconds);
        if (result < 0 || options.Source is null) return result;
        _ = Sockets.SetBindAddressNoPort(descriptor);
        return Sockets.Bind(descriptor, new IPEndPoint(options.Source, 0));
    }

    private async ValueTask WaitConnectedAsync(Wire.Instant deadline)
    {
        using var timer = new LoopTimer(_loop, () => Abort(ConnectionFault.TimedOut));
        timer.SetAt(deadline);
        await WaitWritableAsync();
        var error = Sockets.TakeError(_descriptor);
        if (error != 0) throw new ConnectionException(ConnectFault(error), error);
    }

    private static ConnectionFault ConnectFault(int errno) => errno switch
    {
        Errno.ConnectionReset => ConnectionFault.Refused,
        Errno.Again => ConnectionFault.TimedOut,
        _ => ConnectionException.FaultOf(errno),
    };

    private static readonly TimeSpan s_unixRetry = TimeSpan.FromMilliseconds(20);
}
