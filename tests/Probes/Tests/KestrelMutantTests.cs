using Karez.Probes.Nodes;

namespace Karez.Probes.Tests;

public class KestrelMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Mutation.BufferOneShort)]
    [InlineData(Mutation.ClosesOnBadTag)]
    public Task A_fault_on_purpose_is_found(Mutation mutation) => Mutants.IsFoundAsync(mutation, "kestrel", output);
}
