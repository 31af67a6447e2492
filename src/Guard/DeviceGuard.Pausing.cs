using Karez.Guard.Switch;
using Karez.Guard.Undo;
using Karez.Sys;

namespace Karez.Guard;

/// <content>Pauses.</content>
public sealed partial class DeviceGuard
{
    /// <summary>
    /// Opens the network for packets without a mark, with the machine's own routes and resolver, as a captive portal
    /// needs. The kernel closes it, whatever becomes of this process.
    /// </summary>
    /// <param name="duration">At most <see cref="SwitchPlan.LongestPause"/>.</param>
    /// <returns>Whether it is open: not where nothing is attached yet, or all is being undone.</returns>
    /// <exception cref="GuardException">The kernel did not open it.</exception>
    public bool Pause(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, SwitchPlan.LongestPause);
        lock (_lock)
        {
            if (_disposed || !SwitchMachine.Steps.ContainsKey((_machine.State, SwitchEvent.Pause)))
                return false;
            if (_machine.State != SwitchState.Paused)
                LeadOut();
            if (_plan.HasSwitch && !Nftables.TryRun(SwitchTable.Open(duration), out var answer))
                throw new GuardException($"it cannot be opened: {answer}", "karez disconnect gives the network back");
            _openUntil = _time.GetUtcNow() + duration;
            _pause ??= _time.CreateTimer(_ => Resume(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _pause.Change(duration, Timeout.InfiniteTimeSpan);
            Take(SwitchEvent.Pause);
            return true;
        }
    }

    /// <summary>Ends a pause; nothing happens where there is none.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (_disposed || _machine.State != SwitchState.Paused)
                return;
            // Closed first, then led in: nothing leaves in between.
            if (_plan.HasSwitch && !Nftables.TryRun(SwitchTable.Close, out var answer))
                Noted?.Invoke($"the table was changed by another program: {answer}");
            try
            {
                LeadIn();
            }
            catch (Exception e) when (e is GuardException or IOException or UnauthorizedAccessException)
            {
                Noted?.Invoke(e.Message);
            }

            Take(SwitchEvent.Over);
        }
    }

    /// <summary>Makes the table again where it is gone, as after another program flushed all rules.</summary>
    /// <returns>Whether it was gone.</returns>
    /// <exception cref="GuardException">The kernel did not take it.</exception>
    public bool Renew()
    {
        lock (_lock)
        {
            // A table that was flushed has no rules: the counter's rule is the sign.
            if (_disposed || !_plan.HasSwitch
                || (Nftables.TryRun(SwitchTable.List, out var table)
                    && table.Contains("\"rule\"", StringComparison.Ordinal)))
                return false;
            var left = _machine.State == SwitchState.Paused ? _openUntil - _time.GetUtcNow() : TimeSpan.Zero;
            // The journal has it already; another program may do this again and again.
            if (new TableMade { Json = TableOf(_machine.State, left) }.Do(_net) is { } wrong)
                throw new GuardException(wrong, "run it as root; if it is, another program may hold the same thing");
            return true;
        }
    }

    private void LeadOut()
    {
        foreach (var change in _routing.AsEnumerable().Reverse())
            _ = change.Undo(_net);
        if (_resolver?.Undo(_net) is { } wrong)
            Noted?.Invoke(wrong);
    }

    private void LeadIn()
    {
        foreach (var change in _routing)
            Make(change);
        if (_resolver is ResolverReplaced)
            ReplaceFile(); // The portal's network may have brought a file of its own.
        else if (_resolver is not null)
            TellResolver();
    }

    private long? Refused() => _plan.HasSwitch && Nftables.TryRun(SwitchTable.Counters, out var answer)
        ? SwitchTable.ReadRefused(answer)
        : null;
}
