using System.Net;

namespace Karez.Guard.Switch;

/// <summary>What the kill switch is made for. Names go into rules, so they are checked when it is made.</summary>
public sealed record SwitchPlan
{
    /// <summary>Karez's mark: "Kare".</summary>
    public const uint Mark = 0x4B617265;

    /// <summary>The longest pause (our choice).</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Karez's own interface.</summary>
    public required string Device { get; init; }

    /// <summary>Whether the local network may be spoken to.</summary>
    public bool Local { get; init; }

    /// <summary>The network of the device's own addresses, which nobody may reach from elsewhere.</summary>
    public IReadOnlyList<IPNetwork> Own { get; init; } = [];

    /// <summary>The interface whose machines are served as a gateway's; null for none.</summary>
    public string? Lan { get; init; }

    /// <summary>Whether a name may stand in a rule: 1 to 15 letters, digits, dots, dashes, underscores.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is >= 1 and <= 15
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');
    }
}
