using System.Text.RegularExpressions;

namespace Karez.Probes.Visits;

/// <summary>Masks what the status page of <c>s_server -www</c> says about this very connection.</summary>
internal static partial class StatusPage
{
    public static string Mask(string page) =>
        Counter().Replace(Time().Replace(Secret().Replace(page, m => new string('x', m.Length)), "Start Time: x"), "n");

    [GeneratedRegex("[0-9A-F]{32,}")]
    private static partial Regex Secret();

    [GeneratedRegex(@"Start Time: \d+")]
    private static partial Regex Time();

    [GeneratedRegex(@"(?m)^ *\d+(?= (items|client|server|session|callback|cache))")]
    private static partial Regex Counter();
}
