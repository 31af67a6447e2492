namespace Karez.Probes.Script;

/// <summary>A probe file says something that no one understands.</summary>
public sealed class ProbeFormatException(string file, int line, string what)
    : Exception($"{file}:{line}: {what}");
