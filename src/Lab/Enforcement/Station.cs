using Karez.Lab.Detectors;

namespace Karez.Lab.Enforcement;

/// <summary>
/// The police station: open by day, one after another, behind those who wait when it opens. Visitors have to come in
/// the order of time.
/// </summary>
public sealed class Station
{
    private TimeSpan _free;

    /// <summary>Somebody comes.</summary>
    /// <returns>When he has been heard.</returns>
    public TimeSpan Visit(TimeSpan now)
    {
        var (queue, minutes, opens, closes) = Constants.StationDay.Value;
        var each = TimeSpan.FromMinutes(minutes);
        var begins = now > _free ? now : _free;
        while (true)
        {
            var day = TimeSpan.FromDays(Math.Floor(begins.TotalDays));
            var (opening, closing) = (day + TimeSpan.FromHours(opens), day + TimeSpan.FromHours(closes));
            // Whoever waits at opening was there before.
            var first = opening + (queue * each);
            if (begins < first)
                begins = first;
            if (begins + each <= closing)
                return _free = begins + each;
            begins = day + TimeSpan.FromDays(1);
        }
    }
}
