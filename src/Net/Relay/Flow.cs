using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Net.Relay;

/// <summary>
/// Carries one TCP flow between a plain connection and a tunnel, both on one loop, until both directions have ended.
/// </summary>
/// <remarks>
/// <code>
///  plain connection --- into ---> VlessLeg      (records sealed in place, frames, or raw)
///  plain connection &lt;-- out of -- VlessLeg
/// </code>
/// The end of one direction is passed on as a half-close; a break of either ends both, a reset as a reset.
/// </remarks>
public sealed class Flow
{
    private readonly Connection _plain;
    private readonly VlessLeg _stream;
    private readonly FlowLimits _limits;
    private FlowEnd? _broken;
    private long _up;
    private long _down;
    private long _movedAtLastLook;
    private bool _halfClosed;

    /// <summary>Binds the two sides; the caller keeps and disposes both.</summary>
    public Flow(Connection plain, VlessLeg stream, FlowLimits limits) =>
        (_plain, _stream, _limits) = (plain, stream, limits);

    /// <summary>Called once, when the first octets came out of the tunnel.</summary>
    public Action? Answered { get; init; }

    /// <summary>Octets moved so far, both ways.</summary>
    public long Moved => _up + _down;

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    public async ValueTask<FlowResult> RunAsync()
    {
        LoopTimer? idle = null;
        idle = new LoopTimer(_plain.Loop, () => Look(idle!)); // set before the timer can run
        using (idle)
        {
            idle.Set(_limits.Idle);
            var into = IntoTunnelAsync(idle).AsTask();
            var outOf = OutOfTunnelAsync(idle).AsTask();
            await into;
            await outOf;
        }

        return new FlowResult(_up, _down, _broken ?? FlowEnd.Finished);
    }

    /// <summary>Ends the flow from outside, on its loop.</summary>
    public void Abort() => Break(FlowEnd.Aborted, ConnectionFault.Aborted);

    private async ValueTask IntoTunnelAsync(LoopTimer idle)
    {
        var reading = true;
        try
        {
            while (true)
            {
                reading = true;
                await _plain.WaitReadableAsync();
                using var buffer = _plain.Loop.Buffers.Rent(_stream.SendsBare ? BufferSize.Read : BufferSize.Records);

                // While octets keep coming the buffer stays; it goes back before the next wait.
                while (TryReadPlain(buffer, out var start, out var count))
                {
                    if (count == 0)
                    {
                        reading = false;
                        await _stream.FinishAsync();
                        HalfClose(idle);
                        return;
                    }

                    reading = false;
                    var inPlace = _stream.SendsPlainRecords;
                    await (inPlace
                        ? _stream.SendSlotsAsync(buffer, count)
                        : _stream.SendAsync(buffer.Memory.Slice(start, count)));
                    _up += count;
                    reading = true;
                    if (_stream.SendsBare != (buffer.Size == BufferSize.Read))
                        break;
                }
            }
        }
        catch (ConnectionException exception)
        {
            Break(reading ? FlowEnd.PlainBroke : FlowEnd.TunnelBroke, exception.Fault);
        }
    }

    private bool TryReadPlain(Rented buffer, out int start, out int count)
    {
        if (_stream.SendsPlainRecords)
        {
            start = 0;
            return _plain.TryReadSlots(buffer.Span, VlessLeg.Slots, out count);
        }

        start = _stream.SendsBare ? 0 : VlessLeg.Headroom;
        return _plain.TryRead(buffer.Span[start..], out count);
    }

    private async ValueTask OutOfTunnelAsync(LoopTimer idle)
    {
        var reading = true;
        try
        {
            while (true)
            {
                reading = true;
                var content = await _stream.ReceiveAsync();
                reading = false;
                if (content.IsEmpty)
                {
                    _plain.ShutdownWrite();
                    if (_stream.Refusal is null)
                        HalfClose(idle);
                    else
                        Break(FlowEnd.Refused, ConnectionFault.Closed); // there is nothing to say anything to
                    return;
                }

                if (_down == 0)
                    Answered?.Invoke();
                await _plain.WriteAsync(content);
                _down += content.Length;
            }
        }
        catch (ConnectionException exception)
        {
            Break(reading ? FlowEnd.TunnelBroke : FlowEnd.PlainBroke, exception.Fault);
        }
        catch (TunnelException)
        {
            Break(FlowEnd.TunnelBroke, ConnectionFault.Failed);
        }
    }

    private void HalfClose(LoopTimer idle)
    {
        if (_halfClosed)
            return;
        _halfClosed = true;
        idle.Set(_limits.HalfClosed);
    }

    private void Look(LoopTimer idle)
    {
        if (Moved == _movedAtLastLook)
        {
            Break(FlowEnd.Idle, ConnectionFault.TimedOut);
            return;
        }

        _movedAtLastLook = Moved;
        idle.Set(_halfClosed ? _limits.HalfClosed : _limits.Idle);
    }

    /// <summary>The first break decides; both connections fail so that the other direction ends too.</summary>
    private void Break(FlowEnd end, ConnectionFault fault)
    {
        if (_broken is not null)
            return;
        _broken = end;
        _plain.Abort(fault);
        _stream.Tunnel.Connection.Abort(fault);
    }
}
