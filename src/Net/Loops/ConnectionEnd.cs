namespace Karez.Net.Loops;

/// <summary>How the peer's direction stands, as far as it is known.</summary>
public enum ConnectionEnd
{
    /// <summary>The peer may still write.</summary>
    Open,

    /// <summary>FIN has come; octets before it may still wait to be read.</summary>
    Finished,

    /// <summary>RST has come; octets before it may still wait to be read.</summary>
    Reset,
}
