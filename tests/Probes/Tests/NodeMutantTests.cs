using Karez.Probes.Nodes;

namespace Karez.Probes.Tests;

/// <summary>The node itself with a fault in its own code path: the suite must fail, and say where.</summary>
public class NodeMutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Mutation.BufferOneShort, "nginx")]
    [InlineData(Mutation.BufferOneShort, "kestrel")]
    [InlineData(Mutation.ClosesOnBadTag, "nginx")]
    [InlineData(Mutation.ClosesOnBadTag, "kestrel")]
    public Task A_fault_in_the_node_itself_is_found(Mutation mutation, string target) =>
        Mutants.IsFoundAsync(mutation, target, output, () => new KarezNode { Mutation = mutation });

    /// <summary>The same probes on the node without a fault: what the mutants differ in is the fault alone.</summary>
    [Fact]
    public async Task The_same_probes_find_nothing_in_the_node_without_a_fault()
    {
        var probes = Mutants.FindersOf(Mutation.BufferOneShort, "nginx")
            .Concat(Mutants.FindersOf(Mutation.ClosesOnBadTag, "nginx")).ToList();
        var report = await Mutants.RunAsync(() => new KarezNode(), "nginx", probes, 0, output);
        Assert.True(report.IsGood, report.Differences);
    }
}
