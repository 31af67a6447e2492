namespace Karez.Tests;

/// <summary>
/// Tests that count what is allocated run beside no other: what those allocate is in the process, and a collection for
/// them shifts the count of every thread.
/// </summary>
[CollectionDefinition(nameof(QuietProcess), DisableParallelization = true)]
public class QuietProcess;
