using static Karez.Lab.Detectors.ConstantTag;

namespace Karez.Lab.Detectors;

public static partial class Constants
{
    /// <summary>Sessions of a simulated day: the middle of a log-normal number, and its spread.</summary>
    public static Constant<(double Median, double Sigma)> SessionsADay { get; } = new((120, 0.5), Assumed, Lab);

    /// <summary>Hours of the day between which sessions lie.</summary>
    public static Constant<(double From, double To)> WakingHours { get; } = new((7, 24), Assumed, Lab);
}
