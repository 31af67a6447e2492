namespace Karez.Server.State;

/// <summary>What a running node says of itself. It names no destination and no client's address.</summary>
/// <param name="Started">When it started.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Target">The borrowed site.</param>
/// <param name="Connections">Connections held now, strangers' too.</param>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="DescriptorLimit">How many may be open.</param>
/// <param name="People">Everyone, with what they moved since the start.</param>
/// <param name="Warnings">What its owner should know, one sentence each.</param>
/// <param name="TargetTrouble">What is wrong with the target; null if it is well.</param>
/// <param name="ProfileAgeSeconds">How old what was learnt of the target is; null if nothing was.</param>
/// <param name="Ports">Local ports that outgoing connections use, if they all went to one destination.</param>
/// <param name="PortLimit">How many there are for one destination, over all egress addresses; 0 if unknown.</param>
public sealed record NodeStatus(
    DateTimeOffset Started,
    string Listen,
    string Target,
    int Connections,
    long Descriptors,
    long DescriptorLimit,
    IReadOnlyList<PersonStatus> People,
    IReadOnlyList<string> Warnings,
    string? TargetTrouble = null,
    double? ProfileAgeSeconds = null,
    long Ports = 0,
    long PortLimit = 0);
