using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.HttpProxy;

namespace Karez.Net.Relay;

/// <summary>Carries one absolute-form HTTP exchange: one request, one answer, then both close.</summary>
/// <remarks>Rules and reasons: docs/protocols/socks5.md.</remarks>
public sealed class HttpExchange(Connection app, HttpInbound inbound, IOrigin origin, FlowLimits limits)
{
    private readonly HttpResponseRewriter _rewriter = new();
    private long _moved;
    private bool _failed;

    /// <summary>Called once, when the first octets came out of the tunnel.</summary>
    public Action? Answered { get; init; }

    /// <summary>Carries until the answer is over; never throws for what the network does.</summary>
    public async ValueTask RunAsync()
    {
        LoopTimer? idle = null;
        var movedBefore = -1L;
        idle = new LoopTimer(app.Loop, () =>
        {
            if (_moved == movedBefore)
                Break(ConnectionFault.TimedOut);
            movedBefore = _moved;
            idle!.Set(limits.Idle); // set before the timer can run
        });
        using (idle)
        {
            idle.Set(limits.Idle);
            var request = SendRequestAsync().AsTask();
            await PassAnswerAsync();
            Break(ConnectionFault.Closed);
            await request;
        }
    }

    private async ValueTask SendRequestAsync()
    {
        try
        {
            await origin.SendAsync(inbound.Server.UpstreamHead);
            if (!await ForwardBodyAsync(inbound.Early))
                return;
            while (true)
            {
                await app.WaitReadableAsync();
                using var buffer = app.Loop.Buffers.Rent(BufferSize.Records);
                while (app.TryRead(buffer.Span[VlessLeg.Headroom..], out var count))
                {
                    if (count == 0 || !await ForwardBodyAsync(buffer.Memory.Slice(VlessLeg.Headroom, count)))
                        return;
                }
            }
        }
        catch (ConnectionException exception)
        {
            Break(exception.Fault);
        }
    }

    /// <summary>
    /// What follows the body is never sent to this origin; reading on only notices that the client left.
    /// </summary>
    private async ValueTask<bool> ForwardBodyAsync(ReadOnlyMemory<byte> octets)
    {
        if (octets.IsEmpty || inbound.Server.RequestBody.IsOver)
            return true;
        if (!inbound.Server.RequestBody.Feed(octets.Span, out var count))
        {
            Break(ConnectionFault.Failed);
            return false;
        }

        await origin.SendAsync(octets[..count]);
        _moved += count;
        return true;
    }

    private async ValueTask PassAnswerAsync()
    {
        try
        {
            using var head = app.Loop.Buffers.Rent(BufferSize.Read);
            var length = 0;
            while (true)
            {
                var content = await origin.ReceiveAsync();
                if (content.IsEmpty)
                    break;
                if (_moved == 0)
                    Answered?.Invoke();
                _moved += content.Length;
                if (_rewriter.IsPassing)
                {
                    await app.WriteAsync(content);
                    continue;
                }

                content.Span.CopyTo(head.Span[length..]);
                length += content.Length;
                length = await PassHeadsAsync(head, length);
                if (length < 0)
                {
                    await inbound.RefuseAsync(FlowFailure.General);
                    return;
                }
            }

            if (_rewriter.IsPassing)
                app.ShutdownWrite();
            else
                await inbound.RefuseAsync(origin.Refusal ?? FlowFailure.General);
        }
        catch (Exception exception) when (exception is ConnectionException or TunnelException)
        {
            Break(ConnectionFault.Failed);
        }
    }

    /// <summary>
    /// Passes whole heads, and behind the final one the body. Returns what is left, or -1 for no HTTP.
    /// </summary>
    private async ValueTask<int> PassHeadsAsync(Rented head, int length)
    {
        using var output = app.Loop.Buffers.Rent(BufferSize.Records);
        while (true)
        {
            var status = _rewriter.Advance(head.Span[..length], output.Span, out var consumed, out var produced);
            if (status == ParseStatus.Failed)
                return -1;
            await app.WriteAsync(output.Memory[..produced]);
            if (_rewriter.IsPassing)
            {
                await app.WriteAsync(head.Memory[consumed..length]);
                return 0;
            }

            if (consumed == 0)
                return length > head.Length - BufferPool.OctetsOf(BufferSize.Records) ? -1 : length;
            head.Span[consumed..length].CopyTo(head.Span);
            length -= consumed;
        }
    }

    private void Break(ConnectionFault fault)
    {
        if (_failed)
            return;
        _failed = true;
        app.Abort(fault);
        origin.Abort(fault);
    }
}
