using Karez.Observe.Flows;

namespace Karez.Lab.Detectors;

/// <summary>What a detector found.</summary>
/// <param name="Detector">Which one.</param>
/// <param name="Flow">In which flow; for what is told of several, the last of them.</param>
/// <param name="Subscriber">Whose, by the manifest's index; -1 when nobody knows.</param>
/// <param name="Nanoseconds">When.</param>
/// <param name="What">What it saw, one line with the figures.</param>
public sealed record Evidence(DetectorInfo Detector, FlowKey Flow, int Subscriber, long Nanoseconds, string What);
