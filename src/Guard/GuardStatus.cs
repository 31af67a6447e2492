using Karez.Guard.Switch;

namespace Karez.Guard;

/// <summary>How the guard is.</summary>
/// <param name="State">Where the kill switch is.</param>
/// <param name="HasSwitch">Whether there is one.</param>
/// <param name="OpenFor">What is left of a pause; zero without one.</param>
/// <param name="Refused">Packets refused since the table was made; null without a table.</param>
public sealed record GuardStatus(SwitchState State, bool HasSwitch, TimeSpan OpenFor, long? Refused);
