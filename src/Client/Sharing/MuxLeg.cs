using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Client.Sharing;

/// <summary>Hears what happened in a stream; false ends the stream.</summary>
/// <param name="happened">What.</param>
/// <param name="data">Its data, until the call returns.</param>
internal delegate bool MuxListener(in MuxEvent happened, ReadOnlySpan<byte> data);

/// <summary>The client's end of a Mux.Cool stream, on the tunnel's loop.</summary>
/// <param name="leg">The stream; its owner disposes it.</param>
/// <param name="frames">What goes out; its owner disposes it, once the connection is over.</param>
/// <param name="machine">Its sessions.</param>
internal sealed class MuxLeg(VlessLeg leg, FrameOutbox frames, MuxClient machine)
{
    private static readonly TimeSpan s_leave = TimeSpan.FromSeconds(1);

    /// <summary>The stream.</summary>
    public VlessLeg Leg => leg;

    /// <summary>Its sessions.</summary>
    public MuxClient Machine => machine;

    /// <summary>What goes out.</summary>
    public FrameOutbox Frames => frames;

    /// <summary>Where it is.</summary>
    public EventLoop Loop => leg.Tunnel.Connection.Loop;

    /// <summary>Hears the node until its end, and answers what has to be answered.</summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    /// <exception cref="TunnelException">The node broke the protocol.</exception>
    public async ValueTask ReceiveAsync(MuxListener listener)
    {
        while (true)
        {
            var content = await leg.ReceiveAsync();
            if (content.IsEmpty)
                return;
            while (true)
            {
                var status = Handle(listener, content.Span, out var consumed);
                content = content[consumed..];
                if (status == ParseStatus.Failed)
                    return;
                if (status == ParseStatus.NeedInput)
                    break;
            }

            frames.Flush();
        }
    }

    /// <summary>Ends it once everything has left, or after a second.</summary>
    public async ValueTask LeaveAsync()
    {
        using var limit = new LoopTimer(Loop, () => leg.Tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(s_leave);
        try
        {
            await frames.FinishAsync();
        }
        catch (ConnectionException)
        {
            // It is over already.
        }

        Abort();
    }

    /// <summary>Ends it now.</summary>
    public void Abort() => leg.Tunnel.Connection.Abort(ConnectionFault.Closed);

    private ParseStatus Handle(MuxListener listener, ReadOnlySpan<byte> input, out int consumed)
    {
        Span<byte> output = stackalloc byte[MuxClient.MaxOutput];
        var status = machine.Feed(input, output, out consumed, out var produced, out var happened, out var data);
        if (produced > 0 && frames.TryReserve(produced, out var room))
        {
            output[..produced].CopyTo(room);
            frames.Commit(produced);
        }

        return happened.Kind == MuxEventKind.None || listener(happened, data) ? status : ParseStatus.Failed;
    }
}
