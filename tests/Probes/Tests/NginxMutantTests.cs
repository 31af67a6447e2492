using Karez.Probes.Nodes;

namespace Karez.Probes.Tests;

public class NginxMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Mutation.BufferOneShort)]
    [InlineData(Mutation.ClosesOnBadTag)]
    [InlineData(Mutation.ClosesOnBadFirstOctet)]
    [InlineData(Mutation.KeepsHalfCloseToItself)]
    [InlineData(Mutation.ResetBecomesEnd)]
    public Task A_fault_on_purpose_is_found(Mutation mutation) => Mutants.IsFoundAsync(mutation, "nginx", output);
}
