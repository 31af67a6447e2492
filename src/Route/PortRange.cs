using System.Globalization;

namespace Karez.Route;

/// <summary>Ports from the first to the last, both within.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>Reads <c>443</c> or <c>6000-6100</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortRange range)
    {
        range = default;
        var dash = text.IndexOf('-');
        if (!TryPort(dash < 0 ? text : text[..dash], out var first)
            || !TryPort(dash < 0 ? text : text[(dash + 1)..], out var last) || last < first)
            return false;
        range = new PortRange(first, last);
        return true;
    }

    /// <summary>Whether a port is within.</summary>
    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";

    private static bool TryPort(ReadOnlySpan<char> text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port > 0;
}
