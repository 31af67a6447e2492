namespace Karez.Lab.Population;

/// <summary>What simulated days of a group came to.</summary>
/// <param name="Group">The tool, or <c>browser</c> for those without.</param>
/// <param name="Captures"><c>all</c>, <c>first half</c> or <c>second half</c> of the captured sessions.</param>
/// <param name="People">How many were simulated.</param>
/// <param name="Days">For how many days.</param>
/// <param name="CapturedSessions">From how many captured sessions.</param>
/// <param name="CapturedMinutesADay">Minutes that were captured for each day of a simulated person.</param>
/// <param name="Chain">By all rules of the scenario.</param>
/// <param name="Alone">By each rule that hit anybody, as if it were the only one.</param>
/// <param name="Curve">The chain's Kaplan-Meier curve.</param>
/// <param name="Messaged">People who got the message at least once.</param>
/// <param name="MessagedPer100000Months">The same for 100,000 subscriber-months.</param>
/// <param name="MessagedLow">Its 95 % interval's lower end, as if simulated people were independent.</param>
/// <param name="MessagedHigh">Its upper end.</param>
/// <param name="OfflineDaysAYear">Days without a line in a person's year.</param>
/// <param name="Penalties">Inspections that found a tool again.</param>
/// <param name="Blackouts">The soft branch: times that a line reached nothing abroad.</param>
/// <param name="SlowDays">The soft branch: days on which a line was slow.</param>
public sealed record GroupDays(
    string Group,
    string Captures,
    int People,
    int Days,
    int CapturedSessions,
    double CapturedMinutesADay,
    TimeToFlag Chain,
    IReadOnlyList<TimeToFlag> Alone,
    IReadOnlyList<CurvePoint> Curve,
    int Messaged,
    double MessagedPer100000Months,
    double MessagedLow,
    double MessagedHigh,
    double OfflineDaysAYear,
    int Penalties,
    int Blackouts,
    int SlowDays);
