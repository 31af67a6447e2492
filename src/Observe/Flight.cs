namespace Karez.Observe;

/// <summary>What one side sent before the other said something.</summary>
public sealed class Flight
{
    private readonly List<RecordSight> _records = [];

    internal Flight(Direction direction) => Direction = direction;

    /// <summary>Who sent it.</summary>
    public Direction Direction { get; }

    /// <summary>Octets of the stream in this flight.</summary>
    public long Octets { get; internal set; }

    /// <summary>The records that ended in this flight; at most 64 are kept.</summary>
    public IReadOnlyList<RecordSight> Records => _records;

    internal void Keep(RecordSight record)
    {
        if (_records.Count < FlightLog.MaxRecords)
            _records.Add(record);
    }

    /// <summary>Direction and record lengths, for example <c>&gt; 1991</c>.</summary>
    public override string ToString() =>
        $"{(Direction == Direction.ClientToServer ? '>' : '<')} {string.Join(' ', _records.Select(r => r.Length))}";
}
