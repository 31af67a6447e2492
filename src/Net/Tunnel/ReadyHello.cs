using Karez.Tls.Handshake;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>A hello to come, not yet sealed.</summary>
/// <param name="Browser">As a browser wrote it; whoever shakes hands with it owns its key shares.</param>
/// <param name="Agreed">What its shares agree on with the node's key; null when that key is of low order.</param>
public sealed record ReadyHello(ClientOffer Browser, Secret? Agreed) : IDisposable
{
    /// <summary>Overwrites the secret; the shares are their owner's.</summary>
    public void Dispose() => Agreed?.Dispose();
}
