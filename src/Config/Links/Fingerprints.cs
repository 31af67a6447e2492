namespace Karez.Config.Links;

/// <summary>What the <c>fp</c> key of links in the field may say, and which of our profiles that is.</summary>
public static class Fingerprints
{
    /// <summary>The profile that stands in for a browser that has none.</summary>
    public const string Fallback = "chrome";

    /// <summary>Every value that other programs write, in uTLS's words.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "chrome", "firefox", "safari", "ios", "android", "edge", "360", "qq", "random", "randomized",
        "randomizednoalpn", "unsafe", "hellochrome_133", "hellochrome_131", "hellochrome_120", "hellofirefox_120",
    ];

    /// <summary>Whether other programs write this value; case does not matter.</summary>
    public static bool IsKnown(string fingerprint) => Known.Contains(fingerprint, StringComparer.OrdinalIgnoreCase);

    /// <summary>The profile: <c>chrome</c>, <c>chrome-133</c>, <c>firefox</c>, or null if there is none.</summary>
    public static string? ProfileOf(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return fingerprint.ToLowerInvariant() switch
        {
            "" or "chrome" => "chrome",
            "hellochrome_133" => "chrome-133",
            "firefox" => "firefox",
            _ => null,
        };
    }

    /// <summary>The name that sing-box and mihomo know for a value: uTLS's own names become their family.</summary>
    public static string FamilyOf(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var lower = fingerprint.ToLowerInvariant();
        return lower.StartsWith("hellochrome", StringComparison.Ordinal) || lower == "unsafe" ? "chrome"
            : lower.StartsWith("hellofirefox", StringComparison.Ordinal) ? "firefox"
            : lower == "randomizednoalpn" ? "randomized"
            : lower;
    }
}
