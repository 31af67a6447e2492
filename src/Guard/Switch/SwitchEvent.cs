namespace Karez.Guard.Switch;

/// <summary>What can happen to the kill switch.</summary>
public enum SwitchEvent
{
    /// <summary>The device is asked for.</summary>
    Start,

    /// <summary>Interface, routes and resolver are there.</summary>
    Ready,

    /// <summary>The node answered.</summary>
    Answered,

    /// <summary>The node does not answer any more.</summary>
    Lost,

    /// <summary>An address, an interface or the default route changed.</summary>
    Moved,

    /// <summary>A pause is asked for.</summary>
    Pause,

    /// <summary>The pause is over.</summary>
    Over,

    /// <summary>The end is asked for.</summary>
    Stop,

    /// <summary>Everything is undone.</summary>
    Undone,

    /// <summary>The process ended without undoing anything.</summary>
    Died,
}
