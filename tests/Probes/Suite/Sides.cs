using System.Net;
using Karez.Probes.Nodes;
using Karez.Probes.Script;
using Karez.Probes.Targets;

namespace Karez.Probes.Suite;

/// <summary>The two doors that have to be alike.</summary>
/// <param name="Bare">The target itself.</param>
/// <param name="Node">The node in front of it.</param>
/// <param name="NodeUnderTest">Where captured hellos come from.</param>
public sealed record Sides(IPEndPoint Bare, IPEndPoint Node, INodeUnderTest NodeUnderTest)
{
    /// <summary>What the probe needs to know, with a fresh captured hello when it replays one.</summary>
    public async Task<ProbeContext> ContextAsync(Probe probe, CancellationToken cancellationToken) => new(
        TargetFiles.ServerName,
        probe.NeedsCapturedHello ? await NodeUnderTest.CaptureValidHelloAsync(cancellationToken) : []);
}
