using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Net.Inbounds;

/// <summary>Reads what an admitted client asks for.</summary>
public static class VlessInbound
{
    /// <summary>Waits for the request.</summary>
    /// <param name="tunnel">Where it comes from.</param>
    /// <param name="timeout">How long; null if somebody else sees to it.</param>
    /// <returns>The request, or null when what came is none, or the client finished first.</returns>
    /// <exception cref="ConnectionException">The connection broke, or nothing came in time.</exception>
    /// <exception cref="TunnelException">The client broke TLS.</exception>
    public static async ValueTask<VlessArrival?> ReceiveAsync(Tunnel.Tunnel tunnel, TimeSpan? timeout)
    {
        ArgumentNullException.ThrowIfNull(tunnel);
        using var limit = new LoopTimer(
            tunnel.Connection.Loop, () => tunnel.Connection.Abort(ConnectionFault.TimedOut));
        if (timeout is { } span)
            limit.Set(span);
        var parser = new VlessServer();
        while (true)
        {
            var plain = await tunnel.ReceiveAsync();
            if (plain.IsEmpty)
                return null;
            switch (parser.Feed(plain.Span, out var consumed))
            {
                case ParseStatus.Done:
                    return new VlessArrival(parser.Request, plain[consumed..]);
                case ParseStatus.Failed:
                    return null;
            }
        }
    }
}
