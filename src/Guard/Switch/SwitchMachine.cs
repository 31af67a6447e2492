using System.Collections.Frozen;

namespace Karez.Guard.Switch;

/// <summary>
/// The kill switch as a state machine: what may pass in each state, and what leads from one to another. Pure data; the
/// tables of docs/guide/device.md are the same, and a test compares them.
/// </summary>
public sealed class SwitchMachine
{
    private const Passages Closed = Passages.Karez | Passages.Loopback | Passages.Device | Passages.Dhcp
        | Passages.Neighbours | Passages.Local;

    /// <summary>What may pass in each state; <see cref="Passages.Local"/> only where it is wished.</summary>
    public static FrozenDictionary<SwitchState, Passages> Allowed { get; } = new Dictionary<SwitchState, Passages>
    {
        [SwitchState.Off] = Closed | Passages.Unmarked,
        [SwitchState.Starting] = Closed,
        [SwitchState.Connecting] = Closed,
        [SwitchState.Connected] = Closed,
        [SwitchState.Reconnecting] = Closed,
        [SwitchState.Paused] = Closed | Passages.Unmarked,
        [SwitchState.Stopping] = Closed,
        [SwitchState.Held] = Closed,
    }.ToFrozenDictionary();

    /// <summary>What leads where.</summary>
    public static FrozenDictionary<(SwitchState From, SwitchEvent Event), SwitchState> Steps { get; } =
        new Dictionary<(SwitchState, SwitchEvent), SwitchState>
        {
            [(SwitchState.Off, SwitchEvent.Start)] = SwitchState.Starting,
            [(SwitchState.Held, SwitchEvent.Start)] = SwitchState.Starting,
            [(SwitchState.Starting, SwitchEvent.Ready)] = SwitchState.Connecting,
            [(SwitchState.Connecting, SwitchEvent.Answered)] = SwitchState.Connected,
            [(SwitchState.Reconnecting, SwitchEvent.Answered)] = SwitchState.Connected,
            [(SwitchState.Connected, SwitchEvent.Lost)] = SwitchState.Reconnecting,
            [(SwitchState.Connected, SwitchEvent.Moved)] = SwitchState.Reconnecting,
            [(SwitchState.Connecting, SwitchEvent.Moved)] = SwitchState.Connecting,
            [(SwitchState.Reconnecting, SwitchEvent.Moved)] = SwitchState.Reconnecting,
            [(SwitchState.Reconnecting, SwitchEvent.Lost)] = SwitchState.Reconnecting,
            [(SwitchState.Connecting, SwitchEvent.Lost)] = SwitchState.Connecting,
            [(SwitchState.Connecting, SwitchEvent.Pause)] = SwitchState.Paused,
            [(SwitchState.Connected, SwitchEvent.Pause)] = SwitchState.Paused,
            [(SwitchState.Reconnecting, SwitchEvent.Pause)] = SwitchState.Paused,
            [(SwitchState.Held, SwitchEvent.Pause)] = SwitchState.Paused,
            [(SwitchState.Paused, SwitchEvent.Pause)] = SwitchState.Paused,
            [(SwitchState.Paused, SwitchEvent.Over)] = SwitchState.Reconnecting,
            [(SwitchState.Paused, SwitchEvent.Moved)] = SwitchState.Paused,
            [(SwitchState.Starting, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Connecting, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Connected, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Reconnecting, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Paused, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Held, SwitchEvent.Stop)] = SwitchState.Stopping,
            [(SwitchState.Stopping, SwitchEvent.Undone)] = SwitchState.Off,
            [(SwitchState.Starting, SwitchEvent.Died)] = SwitchState.Held,
            [(SwitchState.Connecting, SwitchEvent.Died)] = SwitchState.Held,
            [(SwitchState.Connected, SwitchEvent.Died)] = SwitchState.Held,
            [(SwitchState.Reconnecting, SwitchEvent.Died)] = SwitchState.Held,
            [(SwitchState.Paused, SwitchEvent.Died)] = SwitchState.Held,
            [(SwitchState.Stopping, SwitchEvent.Died)] = SwitchState.Held,
        }.ToFrozenDictionary();

    /// <summary>Makes a machine in a state: off, or held where a table was found.</summary>
    public SwitchMachine(SwitchState state) => State = state;

    /// <summary>Where it is.</summary>
    public SwitchState State { get; private set; }

    /// <summary>Takes an event; false, and nothing happens, where the state does not know it.</summary>
    public bool TryTake(SwitchEvent what)
    {
        if (!Steps.TryGetValue((State, what), out var next))
            return false;
        State = next;
        return true;
    }
}
