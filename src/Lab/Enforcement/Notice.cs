using System.Globalization;

namespace Karez.Lab.Enforcement;

/// <summary>The message that goes out two hours ahead. Its sender and its numbers are synthetic.</summary>
public static class Notice
{
    /// <summary>The message to a subscriber.</summary>
    public static string To(int subscriber) => string.Create(
        CultureInfo.InvariantCulture,
        $"[synthetic carrier] Subscriber 000-0000-{subscriber:0000}: due to a police notice, your number will be shut "
        + $"down within the next two hours. For questions, please go to the cyber police at the nearest station.");
}
