namespace Karez.Lab.Running;

/// <summary>A capture of a run, taken at the carrier before address translation: one subscriber each.</summary>
/// <param name="Subscriber">His index.</param>
/// <param name="File">The pcap file, relative to the run's folder (link type 101, raw IP; microseconds).</param>
/// <param name="Packets">How many packets it holds.</param>
public sealed record CaptureEntry(int Subscriber, string File, long Packets);
