namespace Karez.Lab.Enforcement;

/// <summary>A rule's hit, as the chain gets it.</summary>
/// <param name="At">When, since the simulation's start.</param>
/// <param name="Subscriber">Whose line.</param>
/// <param name="Rule">The detector's name.</param>
/// <param name="Destination">At which server: hits are counted by it.</param>
/// <param name="Weight">How much it counts.</param>
public readonly record struct ChainHit(
    TimeSpan At, int Subscriber, string Rule, string Destination, double Weight = 1);
