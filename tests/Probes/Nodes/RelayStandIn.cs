using System.Net;
using System.Security.Cryptography;
using Karez.Probes.Hello;

namespace Karez.Probes.Nodes;

/// <summary>
/// The plain relay in the node's place. It knows its own clients' hellos only for the mutation that closes on others;
/// everything is forwarded.
/// </summary>
public sealed class RelayStandIn(Mutation mutation = Mutation.None) : INodeUnderTest
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private TcpRelay? _relay;
    private string _serverName = "";
    private int _captures;

    /// <inheritdoc/>
    public Task<IPEndPoint> StartAsync(IPEndPoint target, string serverName, CancellationToken cancellationToken)
    {
        _serverName = serverName;
        _relay = new TcpRelay(target, mutation, _key);
        return Task.FromResult(_relay.Endpoint);
    }

    /// <inheritdoc/>
    public Task<byte[]> CaptureValidHelloAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _captures);
        var spec = new HelloSpec { ServerName = _serverName, Shares = [0x11EC, 0x001D], Seed = $"captured/{number}" };
        return Task.FromResult(TcpRelay.Sealed(HelloBuilder.Build(spec), _key));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _relay?.DisposeAsync() ?? ValueTask.CompletedTask;
}
