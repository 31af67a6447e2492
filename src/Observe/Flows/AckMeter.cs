namespace Karez.Observe.Flows;

/// <summary>
/// Round trips of one leg as TCP shows them to somebody on the path: data of one side until the other acknowledges it.
/// What was sent twice is not measured (Karn's rule).
/// </summary>
public sealed class AckMeter
{
    private const int MaxWaiting = 64; // Our limit.

    private readonly Queue<(uint End, long Sent)> _waiting = [];
    private uint _highest;
    private bool _started;

    /// <summary>The shortest round trip in nanoseconds; -1 while there is none.</summary>
    public long Shortest { get; private set; } = -1;

    /// <summary>How many were measured.</summary>
    public int Count { get; private set; }

    internal void Sent(uint sequence, int length, long nanoseconds)
    {
        var end = sequence + (uint)length;
        if (_started && (int)(end - _highest) <= 0)
        {
            _waiting.Clear();
            return;
        }

        _started = true;
        _highest = end;
        if (_waiting.Count < MaxWaiting)
            _waiting.Enqueue((end, nanoseconds));
    }

    internal void Acknowledged(uint acknowledgment, long nanoseconds)
    {
        while (_waiting.TryPeek(out var first) && (int)(acknowledgment - first.End) >= 0)
        {
            _waiting.Dequeue();
            Measured(nanoseconds - first.Sent);
        }
    }

    internal void Measured(long nanoseconds)
    {
        if (nanoseconds < 0)
            return;
        Count++;
        Shortest = Shortest < 0 ? nanoseconds : Math.Min(Shortest, nanoseconds);
    }
}
