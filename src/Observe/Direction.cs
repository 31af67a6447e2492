namespace Karez.Observe;

/// <summary>Which side of a connection sent the octets.</summary>
public enum Direction
{
    /// <summary>From the side that opened the connection.</summary>
    ClientToServer,

    /// <summary>From the side that accepted it.</summary>
    ServerToClient,
}
