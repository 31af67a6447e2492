using Karez.Observe;

namespace Karez.Lab.Detectors;

/// <summary>
/// Sums of bursts from the client's ChangeCipherSpec on, packet by packet, as the rules of T15 count them.
/// </summary>
internal sealed class HandshakeCounter
{
    private const byte ChangeCipherSpec = 20;

    private readonly long[] _sums = new long[4];
    private readonly int[] _packets = new int[4];
    private int _at = -1;
    private Direction _last;

    /// <summary>Sums so far; complete ones up to <see cref="Complete"/>.</summary>
    public ReadOnlySpan<long> Sums => _sums;

    /// <summary>Packets in a burst.</summary>
    public int Packets(int burst) => _packets[burst];

    /// <summary>How many bursts are over: at most 4.</summary>
    public int Complete { get; private set; }

    /// <summary>Packets counted.</summary>
    public int Seen { get; private set; }

    /// <summary>Whether the first packet came from the wrong side.</summary>
    public bool BeganWrongly { get; private set; }

    /// <summary>Counts a packet; bursts begin with the client's.</summary>
    public void Add(Direction direction, int length)
    {
        if (Complete == 4 || BeganWrongly)
            return;
        Seen++;
        if (_at < 0)
        {
            if (direction != Direction.ClientToServer)
            {
                BeganWrongly = true;
                return;
            }

            _at = 0;
        }
        else if (direction != _last)
        {
            Complete = ++_at;
        }

        _last = direction;
        if (_at == 4)
            return;
        _sums[_at] += length;
        _packets[_at]++;
    }

    /// <summary>Whether this packet carries the client's ChangeCipherSpec, by its record.</summary>
    public static bool CarriesChange(in Sighting sighting)
    {
        if (!sighting.IsUp)
            return false;
        foreach (var record in sighting.Step.Records)
        {
            if (record.Type == ChangeCipherSpec)
                return true;
        }

        return false;
    }
}
