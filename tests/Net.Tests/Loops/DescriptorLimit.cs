namespace Karez.Net.Tests.Loops;

/// <summary>Tests that count descriptors or lower their limit run alone.</summary>
[CollectionDefinition(nameof(DescriptorLimit), DisableParallelization = true)]
public class DescriptorLimit;
