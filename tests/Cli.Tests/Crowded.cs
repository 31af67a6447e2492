namespace Karez.Cli.Tests;

/// <summary>Thousands of connections run beside no other test.</summary>
[CollectionDefinition(nameof(Crowded), DisableParallelization = true)]
public class Crowded;
