using Karez.Camouflage.Reality;

namespace Karez.Server.Targets;

/// <summary>What a visitor met who asked nothing or never finished asking, as it stands on disk.</summary>
/// <param name="Writes">What the target sent meanwhile.</param>
/// <param name="UntilMilliseconds">When it ended the connection, from the handshake's end on.</param>
/// <param name="End">How.</param>
public sealed record LearntPatience(IReadOnlyList<LearntWrite> Writes, int UntilMilliseconds, TargetEnd End)
{
    /// <summary>Most writes kept of one visit; one that sends more is not waited out.</summary>
    public const int MaxWrites = 64;

    /// <summary>The written form.</summary>
    public static LearntPatience Of(TargetPatience patience)
    {
        ArgumentNullException.ThrowIfNull(patience);
        var writes = patience.Writes.Select(w => new LearntWrite((int)w.After.TotalMilliseconds, w.Records));
        return new LearntPatience([.. writes], (int)patience.Until.TotalMilliseconds, patience.End);
    }

    /// <summary>What it says.</summary>
    public TargetPatience Read() => new(
        [.. Writes.Select(w => new PatientWrite(TimeSpan.FromMilliseconds(w.AfterMilliseconds), w.Records))],
        TimeSpan.FromMilliseconds(UntilMilliseconds),
        End);
}
