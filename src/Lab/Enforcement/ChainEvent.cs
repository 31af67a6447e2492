namespace Karez.Lab.Enforcement;

/// <summary>Something that happened to a subscriber.</summary>
/// <param name="At">When, since the simulation's start.</param>
/// <param name="Subscriber">To whom.</param>
/// <param name="State">What he is now.</param>
/// <param name="What">The message, the inspection's outcome, the rule: one line.</param>
public sealed record ChainEvent(TimeSpan At, int Subscriber, ChainState State, string What);
