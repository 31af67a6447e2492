using Karez.Lab.Enforcement;

namespace Karez.Lab.Running;

/// <summary>Whether one subscriber's line carried anything, at a step of the chain.</summary>
/// <param name="State">The step that he had just reached.</param>
/// <param name="Day">When, in simulated days since the hit.</param>
/// <param name="What">What was said at it: the message, the inspection's outcome.</param>
/// <param name="Open">Whether the line is to carry anything.</param>
/// <param name="Carried">Whether it did.</param>
public sealed record LineCheck(ChainState State, double Day, string What, bool Open, bool Carried);
