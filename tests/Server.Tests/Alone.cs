namespace Karez.Server.Tests;

/// <summary>Tests that count what the whole process holds run beside no other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
