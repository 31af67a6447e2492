using Karez.Proxy;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// Decides which flows wait for the node's word before the program hears that its connection stands, and remembers
/// which destinations stood a while ago. Used from all loops. docs/decisions/verdict.md has the reasons.
/// </summary>
internal sealed class Answers(AnswerMode mode)
{
    private readonly Dictionary<Destination, Instant> _stood = [];
    private readonly Lock _lock = new();

    /// <summary>Whether to wait.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="hasPayload">The program has sent its first octets unasked: then waiting costs nothing.</param>
    /// <param name="now">The loop's time.</param>
    public bool Wait(in Destination destination, bool hasPayload, Instant now) => mode switch
    {
        AnswerMode.Late => true,
        AnswerMode.Early => false,
        _ => hasPayload || !IsWeb(destination.Port) || !HasStood(destination, now),
    };

    /// <summary>Remembers that the node reached a destination.</summary>
    public void Passed(in Destination destination, Instant now)
    {
        if (!IsWeb(destination.Port))
            return; // waits anyway
        lock (_lock)
        {
            if (_stood.Count >= MaxRemembered)
                Forget(now);
            _stood[destination] = now + s_remembered;
        }
    }

    /// <summary>Forgets it: it could not be reached.</summary>
    public void Failed(in Destination destination)
    {
        lock (_lock)
            _stood.Remove(destination);
    }

    private bool HasStood(in Destination destination, Instant now)
    {
        lock (_lock)
            return _stood.TryGetValue(destination, out var until) && now < until;
    }

    /// <summary>Makes room: what is over first, and all of it if nothing is.</summary>
    private void Forget(Instant now)
    {
        foreach (var (destination, until) in _stood)
        {
            if (until <= now)
                _stood.Remove(destination);
        }

        if (_stood.Count >= MaxRemembered)
            _stood.Clear();
    }

    internal static bool IsWeb(int port) => port is 80 or 443 or 8080 or 8443;

    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(10);
    private const int MaxRemembered = 1_024;
}
