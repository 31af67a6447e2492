using static Karez.Lab.Detectors.ConstantTag;

namespace Karez.Lab.Detectors;

public static partial class Constants
{
    private const string Urumqi = "New York Times, 23 Nov 2015, and re-reports";

    /// <summary>From the message until the line is cut; hours.</summary>
    public static Constant<double> NoticeHours { get; } = new(2, Published, Urumqi);

    /// <summary>From the visit at the station until the line is open again; hours.</summary>
    public static Constant<double> SuspensionHours { get; } =
        new(72, Published, Urumqi + "; one interviewee, others unknown");

    /// <summary>The middle of the time that a review of flagged lines takes; hours.</summary>
    public static Constant<double> ReviewHours { get; } =
        new(24, Assumed, "0, 1 h, 24 h, 7 d are plausible; 24 h as a vendor's text has it for another action");

    /// <summary>The middle of the time from the police's list to the carrier's message; hours.</summary>
    public static Constant<double> OrderHours { get; } = new(1, Assumed, Lab);

    /// <summary>The middle of the time from the cut until somebody goes to the station; hours.</summary>
    public static Constant<double> VisitHours { get; } = new(24, Assumed, Lab);

    /// <summary>How widely those times vary: the deviation of their logarithm.</summary>
    public static Constant<double> DelaySpread { get; } = new(0.7, Assumed, Lab);

    /// <summary>The station: who waits at opening, minutes for each, hours from and to which it is open.</summary>
    public static Constant<(int Queue, double Minutes, double Opens, double Closes)> StationDay { get; } =
        new((20, 12, 9, 18), Assumed, "a queue of about 20 is reported; the rest is assumed");

    /// <summary>The share of flagged lines that a reviewer passes on.</summary>
    public static Constant<double> Gate { get; } = new(1, Assumed, Lab);

    /// <summary>After how long a hit counts half; days.</summary>
    public static Constant<double> HalfLifeDays { get; } = new(7, Assumed, Lab);

    /// <summary>
    /// The score at one destination at which a line is flagged: three hits within about three days.
    /// </summary>
    public static Constant<double> FlagScore { get; } = new(2.5, Assumed, "three hits at one destination; " + Lab);

    /// <summary>After how long without a hit a line is not flagged any more; days.</summary>
    public static Constant<double> ForgetDays { get; } = new(14, Assumed, Lab);

    /// <summary>How long a restored line is watched, and by what its score is divided meanwhile; days.</summary>
    public static Constant<(double Days, double Divisor)> WatchList { get; } = new((90, 2), Assumed, Lab);

    /// <summary>Rules of which one hit is enough: foreign messengers were named as a ground of their own.</summary>
    public static Constant<string[]> Decisive { get; } = new(["t31-messenger"], Published, Urumqi);

    /// <summary>The soft branch: how long a line reaches nothing abroad; minutes.</summary>
    public static Constant<double> BlackoutMinutes { get; } =
        new(30, Assumed, "effect bbs#583, until the phone attaches again; minutes assumed");

    /// <summary>The soft branch: what a line is slowed down to, whole, until the day's end; Mbit/s.</summary>
    public static Constant<double> ThrottleMbit { get; } = new(5, Published, "bbs#520, one user; how long is assumed");

    /// <summary>Innocent people in 100,000 a month above whom a carrier would switch a rule off.</summary>
    public static Constant<double> Bearable { get; } = new(50, Assumed, Lab);
}
