namespace Karez.Guard.Switch;

/// <summary>Where the kill switch is; docs/guide/device.md says what each lets pass.</summary>
public enum SwitchState
{
    /// <summary>Karez has not touched this machine.</summary>
    Off,

    /// <summary>The table is there, nothing else yet.</summary>
    Starting,

    /// <summary>Interface, routes and resolver are there; the node has not answered yet.</summary>
    Connecting,

    /// <summary>The node answered.</summary>
    Connected,

    /// <summary>The way to the node was lost, or the network changed.</summary>
    Reconnecting,

    /// <summary>Open for unmarked packets, for a while.</summary>
    Paused,

    /// <summary>Being undone, the table last.</summary>
    Stopping,

    /// <summary>The process died; the table stays.</summary>
    Held,
}
