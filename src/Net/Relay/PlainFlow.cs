using Karez.Net.Loops;

namespace Karez.Net.Relay;

/// <summary>
/// Carries one TCP flow between a program and the near socket of a pair whose far one somebody else serves, until both
/// directions have ended.
/// </summary>
/// <param name="program">The program's connection; the caller keeps both.</param>
/// <param name="near">The near socket.</param>
/// <param name="limits">How long it may be still.</param>
public sealed class PlainFlow(Connection program, Connection near, FlowLimits limits)
{
    private readonly BarePump _up = new(program, near, rate: null, counted: null);
    private BarePump? _down;
    private FlowEnd? _broken;
    private long _movedAtLastLook;
    private bool _halfClosed;
    private bool _isAnswered;

    /// <summary>Called once, when the first octets came from the far side.</summary>
    public Action? Answered { get; init; }

    /// <summary>
    /// Asked when the near socket says that nothing more comes: how that came about, which a socket of a pair cannot
    /// say.
    /// </summary>
    public required Func<FlowEnd> HowItEnded { get; init; }

    private long Up => _up.Octets;

    private long Down => _down?.Octets ?? 0;

    /// <summary>Carries until the end; never throws for what the network does.</summary>
    public async ValueTask<FlowResult> RunAsync()
    {
        _down = new BarePump(near, program, rate: null, _ => Answer());
        LoopTimer? idle = null;
        idle = new LoopTimer(program.Loop, () => Look(idle!)); // set before the timer can run
        using (idle)
        {
            idle.Set(limits.Idle);
            program.WhenAborted(() => Break(FlowEnd.PlainBroke, program.Fault));
            near.WhenAborted(() => Break(FlowEnd.TunnelBroke, near.Fault));
            var up = UpAsync(idle).AsTask();
            await DownAsync(_down, idle);
            await up;
        }

        return new FlowResult(Up, Down, _broken ?? FlowEnd.Finished);
    }

    private async ValueTask UpAsync(LoopTimer idle)
    {
        try
        {
            await _up.RunAsync();
            near.ShutdownWrite();
            HalfClose(idle);
        }
        catch (ConnectionException exception)
        {
            Break(_up.IsReading ? FlowEnd.PlainBroke : HowBroken(), exception.Fault);
        }
    }

    private async ValueTask DownAsync(BarePump down, LoopTimer idle)
    {
        try
        {
            await down.RunAsync();
            var end = HowItEnded();
            if (end is FlowEnd.Finished or FlowEnd.Refused)
                program.ShutdownWrite();
            if (end == FlowEnd.Finished)
                HalfClose(idle);
            else
                Break(end, end == FlowEnd.Refused ? ConnectionFault.Closed : ConnectionFault.Reset);
        }
        catch (ConnectionException exception)
        {
            Break(down.IsReading ? HowBroken() : FlowEnd.PlainBroke, exception.Fault);
        }
    }

    private FlowEnd HowBroken() => HowItEnded() == FlowEnd.Refused ? FlowEnd.Refused : FlowEnd.TunnelBroke;

    private void Answer()
    {
        if (!_isAnswered)
            Answered?.Invoke();
        _isAnswered = true;
    }

    private void HalfClose(LoopTimer idle)
    {
        if (_halfClosed)
            return;
        _halfClosed = true;
        idle.Set(limits.HalfClosed);
    }

    private void Look(LoopTimer idle)
    {
        if (Up + Down == _movedAtLastLook)
        {
            Break(FlowEnd.Idle, ConnectionFault.TimedOut);
            return;
        }

        _movedAtLastLook = Up + Down;
        idle.Set(_halfClosed ? limits.HalfClosed : limits.Idle);
    }

    private void Break(FlowEnd end, ConnectionFault fault)
    {
        if (_broken is not null)
            return;
        _broken = end;
        program.Abort(fault);
        near.Abort(fault);
    }
}
