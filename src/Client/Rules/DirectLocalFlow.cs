using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;

namespace Karez.Client.Rules;

/// <summary>A local program's TCP flow past the channel.</summary>
internal static class DirectLocalFlow
{
    /// <summary>Dials, answers, carries until both directions have ended.</summary>
    /// <param name="proxy">The client.</param>
    /// <param name="app">The program's connection.</param>
    /// <param name="request">What it asked for.</param>
    /// <param name="buffer">Holds what came behind the request; let go once that is sent.</param>
    public static async ValueTask RunAsync(LocalProxy proxy, Connection app, LocalRequest request, Rented buffer)
    {
        var dialled = await proxy.Direct.DialAsync(app.Loop, request.Destination);
        if (!dialled.IsConnected)
        {
            await request.RefuseAsync(dialled.Failure);
            return;
        }

        if (request is HttpInbound { Server.IsTunnel: false } forwarded)
        {
            using var origin = new BareOrigin(dialled.Connection);
            await new HttpExchange(app, forwarded, origin, proxy.Plan.Limits).RunAsync();
            return;
        }

        using var target = dialled.Connection;
        await request.AcceptAsync(default);
        if (!request.Early.IsEmpty)
            await target.WriteAsync(request.Early);
        buffer.Dispose(); // idle flows hold none
        var up = Forwarding.CarryAsync(app, target).AsTask();
        await Forwarding.CarryAsync(target, app);
        await up;
    }
}
