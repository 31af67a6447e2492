namespace Karez.Lab.Router;

/// <summary>What becomes of a packet.</summary>
/// <param name="Kind">Pass, drop, delay or freeze.</param>
/// <param name="Span">How much later it goes on, or how long its flow stays frozen.</param>
public readonly record struct Verdict(VerdictKind Kind, TimeSpan Span)
{
    /// <summary>It goes on.</summary>
    public static Verdict Pass => default;

    /// <summary>It is gone.</summary>
    public static Verdict Drop => new(VerdictKind.Drop, default);

    /// <summary>It goes on later; packets after it may overtake it.</summary>
    public static Verdict Delay(TimeSpan span) => new(VerdictKind.Delay, span);

    /// <summary>It and every later packet of its flow (5-tuple, both directions) are gone for a time.</summary>
    public static Verdict Freeze(TimeSpan span) => new(VerdictKind.Freeze, span);
}
