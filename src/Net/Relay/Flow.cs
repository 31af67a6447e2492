using System.Runtime.CompilerServices;
using Karez.Net.Loops;
using Karez.Net.Tunnel;

namespace Karez.Net.Relay;

/// <summary>
/// Carries one TCP flow between a plain connection and a tunnel, both on one loop, until both directions have ended.
/// </summary>
/// <remarks>
/// <code>
///  plain connection --- into ---> VlessLeg      (records sealed in place, or frames)
///  plain connection &lt;-- out of -- VlessLeg
///  either, once Vision has said "direct": a BarePump between the two connections
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
    private bool _headIsDue;
    private ReadOnlyMemory<byte>[]? _batch;
    private BarePump? _upPump;
    private BarePump? _downPump;

    /// <summary>Binds the two sides; the caller keeps and disposes both.</summary>
    public Flow(Connection plain, VlessLeg stream, FlowLimits limits) =>
        (_plain, _stream, _limits) = (plain, stream, limits);

    /// <summary>
    /// At a client: how long a program may take to send before the head travels alone; null leaves it to the first
    /// octets.
    /// </summary>
    public TimeSpan? HeadPatience { get; init; }

    /// <summary>Called once, when the first octets came out of the tunnel.</summary>
    public Action? Answered { get; init; }

    /// <summary>A bound for what goes into the tunnel, or null.</summary>
    public RateLimit? IntoRate { get; init; }

    /// <summary>A bound for what comes out of the tunnel, or null.</summary>
    public RateLimit? OutOfRate { get; init; }

    /// <summary>Told of octets that went into the tunnel, as they go.</summary>
    public Action<long>? IntoCounted { get; init; }

    /// <summary>Told of octets that came out of the tunnel, as they come.</summary>
    public Action<long>? OutOfCounted { get; init; }

    /// <summary>Octets moved so far, both ways.</summary>
    public long Moved => Up + Down;

    /// <summary>Octets that never were in this process's memory. A snapshot; for tests and counters.</summary>
    internal long Spliced => (_upPump?.Spliced ?? 0) + (_downPump?.Spliced ?? 0);

    private long Up => _up + (_upPump?.Octets ?? 0);

    private long Down => _down + (_downPump?.Octets ?? 0);

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    public async ValueTask<FlowResult> RunAsync()
    {
        LoopTimer? idle = null;
        idle = new LoopTimer(_plain.Loop, () => Look(idle!)); // set before the timer can run
        using (idle)
        {
            // One timer for both: a held flow has no other.
            idle.Set(HeadPatience ?? _limits.Idle);
            _headIsDue = HeadPatience is not null;
            // Whoever waits for one side does not see that the other was aborted.
            _plain.WhenAborted(() => Break(FlowEnd.PlainBroke, _plain.Fault));
            _stream.Tunnel.Connection.WhenAborted(() => Break(FlowEnd.TunnelBroke, _stream.Tunnel.Connection.Fault));
            var into = IntoTunnelAsync(idle).AsTask();
            var outOf = OutOfTunnelAsync(idle).AsTask();
            await into;
            await outOf;
        }

        return new FlowResult(Up, Down, _broken ?? FlowEnd.Finished);
    }

    /// <summary>Ends the flow from outside, on its loop.</summary>
    public void Abort() => Break(FlowEnd.Aborted, ConnectionFault.Aborted);

    private async ValueTask IntoTunnelAsync(LoopTimer idle)
    {
        var reading = true;
        try
        {
            var isBulk = false;
            while (!_stream.SendsBare)
            {
                reading = true;
                await _plain.WaitReadableAsync();
                using var buffer = _plain.Loop.Buffers.Rent(isBulk ? BufferSize.Read : BufferSize.Records);

                // While octets keep coming the buffer stays; it goes back before the next wait.
                while (!_stream.SendsBare && TryReadPlain(buffer, out var inPlace, out var count))
                {
                    reading = false;
                    if (count == 0)
                    {
                        await _stream.FinishAsync();
                        HalfClose(idle);
                        return;
                    }

                    await (inPlace
                        ? _stream.SendSlotsAsync(buffer, count)
                        : _stream.SendAsync(buffer.Memory.Slice(VlessLeg.Headroom, count)));
                    _up += count;
                    IntoCounted?.Invoke(count);
                    await Pacing.BookAsync(IntoRate, _plain, count);
                    reading = true;
                    var wasBulk = isBulk;
                    isBulk = inPlace && count >= LeastBulk;
                    if (isBulk != wasBulk)
                        break;
                }
            }

            _upPump = new BarePump(_plain, _stream.Tunnel.Connection, IntoRate, IntoCounted);
            await _upPump.RunAsync();
            reading = false;
            await _stream.FinishAsync();
            HalfClose(idle);
        }
        catch (ConnectionException exception)
        {
            Break((_upPump?.IsReading ?? reading) ? FlowEnd.PlainBroke : FlowEnd.TunnelBroke, exception.Fault);
        }
    }

    private bool TryReadPlain(Rented buffer, out bool inPlace, out int count)
    {
        var most = IntoRate?.Chunk ?? int.MaxValue;
        var slots = buffer.Size == BufferSize.Read ? VlessLeg.BulkSlots : VlessLeg.Slots;
        inPlace = _stream.SendsPlainRecords && most >= slots.Length * slots.Count;
        if (inPlace)
            return _plain.TryReadSlots(buffer.Span, slots, out count);
        var rest = buffer.Span[VlessLeg.Headroom..];
        return _plain.TryRead(rest[..Math.Min(rest.Length, most)], out count);
    }

    private async ValueTask OutOfTunnelAsync(LoopTimer idle)
    {
        var reading = true;
        try
        {
            while (!_stream.TryLeaveReceiving())
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
                var length = content.Length;
                if (_stream.TryReceiveMore(out var more))
                    length = await PassOnManyAsync(content, more);
                else
                    await _plain.WriteAsync(content);
                _down += length;
                OutOfCounted?.Invoke(length);
                await Pacing.BookAsync(OutOfRate, _plain, length);
            }

            if (_down == 0)
                Answered?.Invoke();
            _downPump = new BarePump(_stream.Tunnel.Connection, _plain, OutOfRate, OutOfCounted);
            await _downPump.RunAsync();
            _plain.ShutdownWrite();
            HalfClose(idle);
        }
        catch (ConnectionException exception)
        {
            Break((_downPump?.IsReading ?? reading) ? FlowEnd.TunnelBroke : FlowEnd.PlainBroke, exception.Fault);
        }
        catch (TunnelException)
        {
            Break(FlowEnd.TunnelBroke, ConnectionFault.Failed);
        }
    }

    /// <summary>Writes two records, and all others that have arrived, in one call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> PassOnManyAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> next)
    {
        _batch ??= new ReadOnlyMemory<byte>[MaxBatch];
        (_batch[0], _batch[1]) = (first, next);
        var (count, length) = (2, first.Length + next.Length);
        while (count < MaxBatch && _stream.TryReceiveMore(out var more))
        {
            _batch[count++] = more;
            length += more.Length;
        }

        await _plain.WriteManyAsync(_batch, count);
        return length;
    }

    private void HalfClose(LoopTimer idle)
    {
        if (_halfClosed)
            return;
        (_halfClosed, _headIsDue) = (true, false); // with an end, either way, the head went or has no use
        idle.Set(_limits.HalfClosed);
    }

    private void Look(LoopTimer idle)
    {
        if (_headIsDue)
        {
            _headIsDue = false;
            _plain.Loop.Start(SendHeadAsync, _stream);
            idle.Set(_limits.Idle);
            return;
        }

        if (Moved == _movedAtLastLook)
        {
            Break(FlowEnd.Idle, ConnectionFault.TimedOut);
            return;
        }

        _movedAtLastLook = Moved;
        idle.Set(_halfClosed ? _limits.HalfClosed : _limits.Idle);
    }

    private static async ValueTask SendHeadAsync(VlessLeg leg)
    {
        try
        {
            await leg.SendHeadAsync();
        }
        catch (ConnectionException)
        {
            // The flow finds out by itself.
        }
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

    // Octets in one read after which the next one gets a large buffer, and below which it gets a small one again.
    private const int LeastBulk = 64 * 1024;
    private const int MaxBatch = 16;
}
