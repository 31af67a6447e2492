namespace Karez.Route;

/// <summary>A flow to be decided; what is not known is left out.</summary>
public readonly ref struct RouteQuery
{
    /// <summary>The name in lower case without the last dot; empty where none is known.</summary>
    public ReadOnlySpan<char> Name { get; init; }

    /// <summary>The address; null where it is not known, or stands for a name.</summary>
    public RouteAddress? Address { get; init; }

    /// <summary>The port; 0 where it is not known.</summary>
    public ushort Port { get; init; }

    /// <summary>TCP or UDP.</summary>
    public RouteNetwork Network { get; init; }
}
