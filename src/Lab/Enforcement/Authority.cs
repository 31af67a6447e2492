using Karez.Lab.Router;

namespace Karez.Lab.Enforcement;

/// <summary>All subscribers' chains on one simulated clock, with one station; pure.</summary>
public sealed class Authority
{
    private readonly List<Chain> _chains = [];
    private readonly PriorityQueue<int, TimeSpan> _due = new();
    private readonly List<ChainEvent> _events = [];

    /// <param name="hasTool">For each subscriber, whether an inspection would find a tool.</param>
    /// <param name="seed">The seed.</param>
    public Authority(IReadOnlyList<bool> hasTool, int seed)
    {
        ArgumentNullException.ThrowIfNull(hasTool);
        var station = new Station();
        for (var i = 0; i < hasTool.Count; i++)
            _chains.Add(new Chain(i, hasTool[i], new Random(Seeds.Of(seed, $"chain {i}")), station));
    }

    /// <summary>All that happened, in order.</summary>
    public IReadOnlyList<ChainEvent> Events => _events;

    /// <summary>Whether a subscriber's line carries anything.</summary>
    public bool IsOnline(int subscriber) => _chains[subscriber].IsOnline;

    /// <summary>What a subscriber's line carries, for the router.</summary>
    public LineState LineOf(int subscriber) => IsOnline(subscriber) ? LineState.Open : LineState.Cut;

    /// <summary>Takes a hit; hits come in the order of time.</summary>
    public void Feed(in ChainHit hit)
    {
        OnTime(hit.At);
        _chains[hit.Subscriber].Feed(hit);
        Collect(hit.Subscriber);
    }

    /// <summary>Lets happen what is due until now, in the order of time.</summary>
    public void OnTime(TimeSpan now)
    {
        while (_due.TryPeek(out var subscriber, out var due) && due <= now)
        {
            _due.Dequeue();
            if (_chains[subscriber].Deadline is { } deadline && deadline <= due)
                _chains[subscriber].OnTime(due);
            Collect(subscriber);
        }
    }

    private void Collect(int subscriber)
    {
        var chain = _chains[subscriber];
        var happened = false;
        while (chain.TryTakeEvent(out var one))
        {
            _events.Add(one!); // Taken, so it is there.
            happened = true;
        }

        if (happened && chain.Deadline is { } deadline)
            _due.Enqueue(subscriber, deadline);
    }
}
