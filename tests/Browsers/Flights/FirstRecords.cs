using Karez.Observe;

namespace Karez.Browsers.Flights;

/// <summary>Lengths of the first records after the handshake, each side's, as an observer on the wire sees them.</summary>
internal sealed class FirstRecords
{
    /// <summary>How many records of a side are looked at.</summary>
    public const int Kept = 6;

    private const byte ApplicationData = 23;

    private readonly RecordSplitter[] _splitters = [new(), new()];
    private readonly List<int>[] _lengths = [[], []];
    private readonly List<RecordSight> _ended = [];
    private bool _finished;

    /// <summary>The lengths, header included, in order.</summary>
    public IReadOnlyList<int> this[Direction direction] => _lengths[(int)direction];

    /// <summary>Takes octets in the order in which they passed.</summary>
    public void Feed(Direction direction, ReadOnlySpan<byte> octets)
    {
        _ended.Clear();
        _splitters[(int)direction].Feed(octets, _ended);
        foreach (var record in _ended.Where(record => record.Type == ApplicationData))
        {
            // The client's first protected record is its Finished; what the server protected before it is its handshake.
            if (_finished && _lengths[(int)direction].Count < Kept)
                _lengths[(int)direction].Add(record.Length);
            _finished |= direction == Direction.ClientToServer;
        }
    }
}
