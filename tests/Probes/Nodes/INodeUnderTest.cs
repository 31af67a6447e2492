using System.Net;

namespace Karez.Probes.Nodes;

/// <summary>Something that claims to be indistinguishable from the target behind it.</summary>
public interface INodeUnderTest : IAsyncDisposable
{
    /// <summary>Starts in front of a target.</summary>
    /// <param name="target">The borrowed server.</param>
    /// <param name="serverName">The only name that the node's own clients use.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>Where strangers knock.</returns>
    Task<IPEndPoint> StartAsync(IPEndPoint target, string serverName, CancellationToken cancellationToken);

    /// <summary>
    /// One record with a hello that the node has just accepted from its own client, as an eavesdropper would have it.
    /// It is fresh at each call, so that its age never decides how a replay is treated.
    /// </summary>
    Task<byte[]> CaptureValidHelloAsync(CancellationToken cancellationToken);
}
