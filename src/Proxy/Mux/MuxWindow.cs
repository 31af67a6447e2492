namespace Karez.Proxy.Mux;

/// <summary>
/// How much one session's peer may still send, between our own two ends; docs/protocols/mux.md has the rules.
/// </summary>
public sealed class MuxWindow
{
    private readonly MuxBudget _budget;
    private int _left = First;
    private int _consumed;

    /// <summary>Opens the first window.</summary>
    /// <param name="budget">What all windows of the stream may be together.</param>
    public MuxWindow(MuxBudget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        _budget = budget;
        budget.Add(First);
    }

    /// <summary>The most that can be held: what was promised and has not left.</summary>
    public int Size { get; private set; } = First;

    /// <summary>Notes data that came; false when the peer was not allowed to send it.</summary>
    public bool TryReceive(int octets)
    {
        if (octets > _left)
            return false;
        _left -= octets;
        return true;
    }

    /// <summary>Notes data that has left for its destination.</summary>
    /// <param name="octets">How much.</param>
    /// <param name="isDrained">Nothing is held now: the reader is quicker than the way, so the window may grow.</param>
    /// <returns>Credit to give now; 0 while half a window has not left.</returns>
    public uint Consume(int octets, bool isDrained)
    {
        _consumed += octets;
        if (_consumed < Size / 2)
            return 0;
        if (isDrained && Size < Largest && _budget.TryAdd(Size))
        {
            _consumed += Size;
            Size *= 2;
        }

        var credit = (uint)_consumed;
        _left += _consumed;
        _consumed = 0;
        return credit;
    }

    /// <summary>Gives back what was promised.</summary>
    public void Close()
    {
        _budget.Remove(Size);
        Size = 0;
    }

    /// <summary>Octets that may be sent in a session before any credit came.</summary>
    public const int First = 64 * 1024;

    /// <summary>The largest window (our choice): 80 Mbit/s over 100 ms.</summary>
    public const int Largest = 1024 * 1024;
}
