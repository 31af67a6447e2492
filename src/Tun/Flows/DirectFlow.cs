using Karez.Net.Loops;
using Karez.Net.Relay;

namespace Karez.Tun.Flows;

/// <summary>A TCP flow past the channel, from a marked socket.</summary>
internal static class DirectFlow
{
    /// <summary>Carries until both directions have ended; false when it did not come about or broke.</summary>
    public static async ValueTask<bool> CarryAsync(Connection program, FlowRequest flow, TunOptions options)
    {
        Connection target;
        try
        {
            target = await Connection.ConnectAsync(
                program.Loop,
                flow.Destination.ToIPEndPoint(),
                options.ConnectTimeout,
                new ConnectOptions(options.Mark));
        }
        catch (ConnectionException)
        {
            return false;
        }

        using (target)
        {
            var up = Forwarding.CarryAsync(program, target).AsTask();
            var down = Forwarding.CarryAsync(target, program).AsTask();
            var whole = await up;
            return await down && whole;
        }
    }
}
