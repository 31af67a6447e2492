namespace Karez.Lab.Running;

/// <summary>Something that a subscriber did: the unit that simulated days are resampled from.</summary>
/// <param name="Subscriber">His index.</param>
/// <param name="Kind"><c>page</c>, <c>fetch</c>, <c>message</c>, <c>video</c>, <c>background</c> and so on.</param>
/// <param name="What">The address that was visited.</param>
/// <param name="Begins">Seconds since the run's start.</param>
/// <param name="Ends">Seconds since the run's start.</param>
/// <param name="Tunnelled">Whether the tool was to carry it.</param>
/// <param name="Succeeded">Whether it came through.</param>
public sealed record SessionEntry(
    int Subscriber, string Kind, string What, double Begins, double Ends, bool Tunnelled, bool Succeeded);
