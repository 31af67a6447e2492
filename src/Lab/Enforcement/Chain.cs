using Karez.Lab.Detectors;

namespace Karez.Lab.Enforcement;

/// <summary>
/// One subscriber on his way from a rule's hit to a line that is open again. Pure: the same hits, times and draws give
/// the same events.
/// </summary>
/// <remarks>
/// <code>
/// Clean - hit -> Scored - score -> Flagged - review -> Listed - order -> Noticed - 2 h -> Suspended
///                                                                                             | visit
/// Flagged again at half the score &lt;- hit - Watched &lt;- 72 h - Heard &lt;- station - Queueing &lt;---+
/// </code>
/// </remarks>
/// <param name="subscriber">Who.</param>
/// <param name="hasTool">Whether an inspection of the telephone finds a tool.</param>
/// <param name="random">Draws delays.</param>
/// <param name="station">Where he has to go.</param>
public sealed class Chain(int subscriber, bool hasTool, Random random, Station station)
{
    private readonly Dictionary<string, (double Score, TimeSpan At)> _scores = new(StringComparer.Ordinal);
    private readonly Queue<ChainEvent> _events = [];
    private TimeSpan _lastHit;
    private TimeSpan _watchedUntil;
    private int _found;

    /// <summary>Where he stands.</summary>
    public ChainState State { get; private set; }

    /// <summary>Whether his line carries anything.</summary>
    public bool IsOnline => State is not (ChainState.Suspended or ChainState.Queueing or ChainState.Heard);

    /// <summary>When time alone changes something; null when it does not.</summary>
    public TimeSpan? Deadline { get; private set; }

    /// <summary>Takes a hit. A line that is cut has none, and what is under way is not changed by another.</summary>
    public void Feed(in ChainHit hit)
    {
        if (!IsOnline)
            return;
        _lastHit = hit.At;
        var (old, at) = _scores.GetValueOrDefault(hit.Destination);
        var kept = old * Math.Pow(0.5, (hit.At - at).TotalDays / Constants.HalfLifeDays.Value);
        _scores[hit.Destination] = (kept + hit.Weight, hit.At);
        if (State is not (ChainState.Clean or ChainState.Scored or ChainState.Watched))
            return;
        var watched = State == ChainState.Watched && hit.At < _watchedUntil;
        var enough = Constants.FlagScore.Value / (watched ? Constants.WatchList.Value.Divisor : 1);
        if (kept + hit.Weight >= enough || Constants.Decisive.Value.Contains(hit.Rule))
        {
            Enter(ChainState.Flagged, hit.At, $"{hit.Rule} at {hit.Destination}");
            Deadline = hit.At + Draw(Constants.ReviewHours.Value);
        }
        else if (State == ChainState.Clean)
        {
            State = ChainState.Scored;
        }
    }

    /// <summary>Lets happen what is due.</summary>
    public void OnTime(TimeSpan now)
    {
        while (Deadline is { } due && due <= now)
        {
            Deadline = null;
            Pass(due);
        }
    }

    /// <summary>Takes the next thing that happened.</summary>
    public bool TryTakeEvent(out ChainEvent? happened) => _events.TryDequeue(out happened);

    private void Pass(TimeSpan due)
    {
        switch (State)
        {
            case ChainState.Flagged when due - _lastHit > TimeSpan.FromDays(Constants.ForgetDays.Value)
                || random.NextDouble() >= Constants.Gate.Value:
                _scores.Clear();
                Enter(ChainState.Clean, due, "the review passed it over");
                break;
            case ChainState.Flagged:
                Enter(ChainState.Listed, due, "on the list");
                Deadline = due + Draw(Constants.OrderHours.Value);
                break;
            case ChainState.Listed:
                Enter(ChainState.Noticed, due, Notice.To(subscriber));
                Deadline = due + TimeSpan.FromHours(Constants.NoticeHours.Value);
                break;
            case ChainState.Noticed:
                Enter(ChainState.Suspended, due, "the line is cut");
                Deadline = due + Draw(Constants.VisitHours.Value);
                break;
            case ChainState.Suspended:
                Enter(ChainState.Queueing, due, "at the station");
                Deadline = station.Visit(due);
                break;
            case ChainState.Queueing:
                Enter(ChainState.Heard, due, Inspect());
                Deadline = due + TimeSpan.FromHours(Constants.SuspensionHours.Value);
                break;
            default:
                _scores.Clear();
                _watchedUntil = due + TimeSpan.FromDays(Constants.WatchList.Value.Days);
                Enter(ChainState.Watched, due, "the line is open again, and watched");
                break;
        }
    }

    private string Inspect() => !hasTool ? "cleared" : ++_found == 1 ? "warned" : "penalty: a tool was found again";

    private void Enter(ChainState state, TimeSpan at, string what)
    {
        State = state;
        _events.Enqueue(new ChainEvent(at, subscriber, state, what));
    }

    /// <summary>A time whose logarithm is normal around the median.</summary>
    private TimeSpan Draw(double medianHours)
    {
        var (u, v) = (1 - random.NextDouble(), random.NextDouble());
        var normal = Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
        return TimeSpan.FromHours(medianHours * Math.Exp(Constants.DelaySpread.Value * normal));
    }
}
