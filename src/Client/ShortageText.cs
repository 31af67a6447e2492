using Karez.Net.Loops;

namespace Karez.Client;

/// <summary>What is said when new connections have to wait.</summary>
internal static class ShortageText
{
    /// <summary>One line.</summary>
    public static string Of(ListenerEvent what) => what switch
    {
        ListenerEvent.Recovered => "new connections are let in again",
        ListenerEvent.Full => "as many connections as may be are carried (maxConnections, ulimit -n); new ones wait",
        _ => "no descriptors are left (ulimit -n); new connections wait",
    };
}
