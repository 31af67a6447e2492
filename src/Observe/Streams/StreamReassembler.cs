namespace Karez.Observe.Streams;

/// <summary>
/// Puts one direction of a TCP connection in order. What came first counts where segments overlap. Segments ahead of a
/// gap are held, copied, up to bounds; beyond them the gap is given up and told as missing.
/// </summary>
public sealed class StreamReassembler
{
    /// <summary>Octets held ahead of a gap (our limit).</summary>
    public const int MaxHeld = 1 << 18;

    /// <summary>Segments held ahead of a gap (our limit).</summary>
    public const int MaxSegments = 256;

    private const int Window = 1 << 24; // Our limit: further ahead is no data of this stream.

    private readonly SortedList<long, Held> _held = [];
    private uint _origin;
    private int _heldOctets;

    /// <summary>Whether it is known where the stream begins.</summary>
    public bool Started { get; private set; }

    /// <summary>Octets told so far, missing ones included.</summary>
    public long Position { get; private set; }

    /// <summary>Octets that the capture does not have.</summary>
    public long Missing { get; private set; }

    /// <summary>Octets that came again.</summary>
    public long Repeated { get; private set; }

    /// <summary>Segments too far from the stream's place to belong to it.</summary>
    public int Strays { get; private set; }

    /// <summary>Says which sequence number the first octet has; a later call changes nothing.</summary>
    public void Start(uint sequence)
    {
        if (Started)
            return;
        Started = true;
        _origin = sequence;
    }

    /// <summary>Takes a segment; the first one starts the stream if nothing else did.</summary>
    /// <param name="sequence">The sequence number of its first octet.</param>
    /// <param name="octets">What was kept of it; told pieces borrow from it.</param>
    /// <param name="length">Its length on the wire.</param>
    /// <param name="nanoseconds">When.</param>
    /// <param name="pieces">Gets what is in order now.</param>
    public void Feed(
        uint sequence, ReadOnlyMemory<byte> octets, int length, long nanoseconds, ICollection<StreamPiece> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (length <= 0)
            return;
        Start(sequence);
        var ahead = (int)(sequence - (uint)(_origin + (ulong)Position));
        if (ahead > Window || ahead < -Window)
        {
            Strays++;
            return;
        }

        octets = octets[..Math.Min(octets.Length, length)];
        if (ahead > 0)
        {
            Hold(Position + ahead, new Held(octets.ToArray(), length, nanoseconds));
            while (_held.Count > MaxSegments || _heldOctets > MaxHeld)
                GiveUp(pieces);
            return;
        }

        Tell(-ahead, octets, length, nanoseconds, pieces);
        Drain(pieces);
    }

    /// <summary>Tells what is held although something before it is missing: the connection has ended.</summary>
    public void Finish(ICollection<StreamPiece> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        while (_held.Count > 0)
            GiveUp(pieces);
    }

    private void Hold(long offset, Held segment)
    {
        if (_held.TryGetValue(offset, out var other))
        {
            Repeated += Math.Min(other.Length, segment.Length);
            if (other.Length >= segment.Length)
                return;
            _heldOctets -= other.Octets.Length;
        }

        _held[offset] = segment;
        _heldOctets += segment.Octets.Length;
    }

    private void GiveUp(ICollection<StreamPiece> pieces)
    {
        var gap = _held.GetKeyAtIndex(0) - Position;
        Skip(gap, _held.GetValueAtIndex(0).Nanoseconds, pieces);
        Drain(pieces);
    }

    private void Drain(ICollection<StreamPiece> pieces)
    {
        while (_held.Count > 0 && _held.GetKeyAtIndex(0) <= Position)
        {
            var (offset, next) = (_held.GetKeyAtIndex(0), _held.GetValueAtIndex(0));
            _held.RemoveAt(0);
            _heldOctets -= next.Octets.Length;
            Tell((int)(Position - offset), next.Octets, next.Length, next.Nanoseconds, pieces);
        }
    }

    private void Tell(
        int known, ReadOnlyMemory<byte> octets, int length, long nanoseconds, ICollection<StreamPiece> pieces)
    {
        Repeated += Math.Min(known, length);
        if (known >= length)
            return;
        var fresh = octets[Math.Min(known, octets.Length)..];
        var lost = length - known - fresh.Length;
        pieces.Add(new StreamPiece(Position, fresh, lost, nanoseconds));
        Position += length - known;
        Missing += lost;
    }

    private void Skip(long gap, long nanoseconds, ICollection<StreamPiece> pieces)
    {
        pieces.Add(new StreamPiece(Position, default, gap, nanoseconds));
        Position += gap;
        Missing += gap;
    }

    private readonly record struct Held(byte[] Octets, int Length, long Nanoseconds);
}
