namespace Karez.Lab.Router;

/// <summary>A machine at the router: its interface there, and its links to the carrier or the border.</summary>
public sealed class Attachment
{
    /// <summary>The machine's name.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's index in the router's namespace.</summary>
    public required int Interface { get; init; }

    /// <summary>The Ethernet header of frames to it: its address, ours, IPv4.</summary>
    public required ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>The link from it.</summary>
    public required LinkModel From { get; init; }

    /// <summary>The link to it.</summary>
    public required LinkModel To { get; init; }

    /// <summary>Whether it is on the other side of the border.</summary>
    public required bool Foreign { get; init; }

    /// <summary>Machines of one region reach one another without either link; null: of none.</summary>
    public string? Region { get; init; }

    /// <summary>Whether it is the censors' own: they let pass what comes from it and goes to it.</summary>
    public bool IsCensors { get; init; }

    /// <summary>The subscriber's index, or <see cref="Passing.Nobody"/>.</summary>
    public int Subscriber { get; init; } = Passing.Nobody;

    /// <summary>Its addresses; others it may not send from.</summary>
    public required IReadOnlyList<uint> Addresses { get; init; }
}
