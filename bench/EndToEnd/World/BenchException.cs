namespace Karez.EndToEnd.World;

/// <summary>A tool did not do what it should: it has no figure.</summary>
internal sealed class BenchException(string message) : Exception(message);
