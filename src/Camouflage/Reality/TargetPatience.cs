namespace Karez.Camouflage.Reality;

/// <summary>
/// What a target was seen to do with a visitor who shakes hands and then asks nothing, or never finishes asking.
/// </summary>
/// <param name="Writes">What it sent beside what it sends to everyone after a handshake.</param>
/// <param name="Until">When it ended it, from the handshake's end on; how long was waited if it did not.</param>
/// <param name="End">How it ended it.</param>
public sealed record TargetPatience(IReadOnlyList<PatientWrite> Writes, TimeSpan Until, TargetEnd End)
{
    /// <summary>
    /// What comes within this answers the request, and its moment counts from the request on; later ones, and the end,
    /// count from the handshake's end on, as most servers' timers do.
    /// </summary>
    public static TimeSpan Early { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Before anything is learnt: nginx's client_header_timeout and its manner, 60 s and close().</summary>
    public static TargetPatience Unknown { get; } = new([], TimeSpan.FromSeconds(60), TargetEnd.Closed);
}
