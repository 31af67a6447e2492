namespace Karez.Net.Loops;

/// <summary>What a listener has to say.</summary>
public enum ListenerEvent
{
    /// <summary>Descriptors or socket memory ran out: new callers wait in the backlog. Said once.</summary>
    OutOfDescriptors,

    /// <summary>As many connections as may be are served: new callers wait in the backlog. Said once.</summary>
    Full,

    /// <summary>Callers are accepted again, for a while already.</summary>
    Recovered,
}
