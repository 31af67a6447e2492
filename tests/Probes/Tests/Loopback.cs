namespace Karez.Probes.Tests;

/// <summary>What measures time runs alone.</summary>
[CollectionDefinition("loopback", DisableParallelization = true)]
public sealed class Loopback;
