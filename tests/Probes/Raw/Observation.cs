namespace Karez.Probes.Raw;

/// <summary>How the peer ended the connection.</summary>
public enum Ending
{
    /// <summary>It had not when the probe stopped watching.</summary>
    StillOpen,

    /// <summary>FIN, and octets sent afterwards were taken or ignored.</summary>
    Fin,

    /// <summary>FIN, and octets sent afterwards were answered with RST: the socket is gone.</summary>
    FinThenReset,

    /// <summary>RST.</summary>
    Reset,

    /// <summary>The probe itself reset the connection.</summary>
    Own,
}

/// <summary>What a stranger saw on one connection.</summary>
/// <param name="Summary">Everything that is compared, a line a fact, with what changes by nature masked.</param>
/// <param name="FirstOctet">From the first octet sent to the first received; null when nothing came.</param>
/// <param name="Closed">From the first octet sent to FIN or RST; null when neither came.</param>
/// <param name="Broken">Set when an <c>expect nothing</c> did not hold or the probe could not be made.</param>
public sealed record Observation(string Summary, TimeSpan? FirstOctet, TimeSpan? Closed, string? Broken)
{
    /// <summary>Same facts, and no moment further apart than <paramref name="tolerance"/>.</summary>
    public bool Resembles(Observation other, TimeSpan tolerance) =>
        Summary == other.Summary
        && Near(FirstOctet, other.FirstOctet, tolerance)
        && Near(Closed, other.Closed, tolerance);

    private static bool Near(TimeSpan? a, TimeSpan? b, TimeSpan tolerance) =>
        a is null || b is null ? a is null == b is null : (a.Value - b.Value).Duration() <= tolerance;
}
