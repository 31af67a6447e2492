using System.Net;
using Karez.Net.Loops;
using Karez.Proxy.ProxyProtocol;

namespace Karez.Net.Tunnel;

/// <summary>Connections to the target, with a PROXY protocol header in front where the target expects one.</summary>
public static class TargetDial
{
    /// <summary>Connects.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="target">Where.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="announces">Whether to say who is calling.</param>
    /// <param name="caller">Who is; null if the node itself does.</param>
    /// <exception cref="ConnectionException">It did not come about.</exception>
    public static async ValueTask<Connection> ConnectAsync(
        EventLoop loop, EndPoint target, TimeSpan timeout, bool announces, Connection? caller)
    {
        var connection = await Connection.ConnectAsync(loop, target, timeout, ConnectOptions.Default);
        if (!announces)
            return connection;
        try
        {
            await connection.WriteAsync(HeaderOf(caller));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static ReadOnlyMemory<byte> HeaderOf(Connection? caller)
    {
        var header = new byte[ProxyHeader.MaxLength];
        var length = caller is { RemoteEndPoint: IPEndPoint source, LocalEndPoint: IPEndPoint destination }
            ? ProxyHeader.Write(source, destination, header)
            : ProxyHeader.WriteLocal(header);
        return header.AsMemory(0, length);
    }
}
