namespace Karez.Observe;

/// <summary>The shape of a connection's beginning: flights, and the record lengths in each.</summary>
public sealed class FlightLog
{
    internal const int MaxRecords = 64;
    private const int MaxFlights = 16;

    private readonly RecordSplitter[] _splitters = [new(), new()];
    private readonly List<Flight> _flights = [];
    private readonly List<RecordSight> _ended = [];
    private bool _closed;

    /// <summary>The flights so far; the first 16 are kept.</summary>
    public IReadOnlyList<Flight> Flights => _flights;

    /// <summary>The splitter of one direction: how far it came, and whether the stream stopped being TLS.</summary>
    public RecordSplitter this[Direction direction] => _splitters[(int)direction];

    /// <summary>Takes octets in the order in which they were seen on the wire.</summary>
    public void Feed(Direction direction, ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        if (!_closed && (_flights.Count == 0 || _flights[^1].Direction != direction))
        {
            _closed = _flights.Count == MaxFlights;
            if (!_closed)
                _flights.Add(new Flight(direction));
        }

        _ended.Clear();
        this[direction].Feed(octets, _ended);
        if (_closed)
            return;
        _flights[^1].Octets += octets.Length;
        foreach (var record in _ended)
            _flights[^1].Keep(record);
    }
}
