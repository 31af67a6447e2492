using Karez.Lab.Router;

namespace Karez.Lab.Running;

/// <summary>Collects what subscribers did; from any thread.</summary>
public sealed class SessionLog(RunClock clock)
{
    private readonly List<SessionEntry> _sessions = [];

    /// <summary>All of them, by their beginning.</summary>
    public IReadOnlyList<SessionEntry> Sessions
    {
        get
        {
            lock (_sessions)
                return [.. _sessions.OrderBy(session => session.Begins).ThenBy(session => session.Subscriber)];
        }
    }

    /// <summary>Does something and notes it.</summary>
    /// <param name="subscriber">Who.</param>
    /// <param name="kind">As in <see cref="SessionEntry.Kind"/>.</param>
    /// <param name="what">As in <see cref="SessionEntry.What"/>.</param>
    /// <param name="tunnelled">Whether the tool is to carry it.</param>
    /// <param name="session">Does it; says whether it came through.</param>
    public async Task NoteAsync(int subscriber, string kind, string what, bool tunnelled, Func<Task<bool>> session)
    {
        ArgumentNullException.ThrowIfNull(session);
        var begins = clock.Now.TotalSeconds;
        var succeeded = await session();
        lock (_sessions)
            _sessions.Add(new(subscriber, kind, what, begins, clock.Now.TotalSeconds, tunnelled, succeeded));
    }
}
