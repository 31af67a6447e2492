namespace Karez.Lab.Detectors;

/// <summary>What a genuine server was seen to send right behind the client's Finished.</summary>
public sealed class GenuineTickets
{
    /// <summary>
    /// Visits from which on the variants count as known. Our choice: one that every eighth visit shows is then missed
    /// once in eight times; a server that was seen less often says nothing about others.
    /// </summary>
    public const int Enough = 16;

    /// <summary>The lengths of its records, a plus between them.</summary>
    public HashSet<string> Lengths { get; } = new(StringComparer.Ordinal);

    /// <summary>Visits seen.</summary>
    public int Visits { get; private set; }

    /// <summary>Whether enough was seen to judge by it.</summary>
    public bool IsKnown => Visits >= Enough;

    /// <summary>Takes a visit.</summary>
    public void Add(string lengths)
    {
        Lengths.Add(lengths);
        Visits++;
    }
}
