namespace Karez.Camouflage.Reality;

/// <summary>How a target ends a connection of its own accord.</summary>
public enum TargetEnd
{
    /// <summary>FIN; octets that come afterwards are still taken.</summary>
    Finished,

    /// <summary>FIN; octets that come afterwards are answered with RST, since the socket is gone.</summary>
    Closed,

    /// <summary>RST.</summary>
    Reset,

    /// <summary>Not within the time that was waited for.</summary>
    Open,
}
