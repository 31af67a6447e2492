using Karez.Crypto;
using Karez.Wire;

namespace Karez.Net.Tunnel;

/// <summary>The key shares of one hello to come.</summary>
/// <param name="Shares">The shares; whoever builds the hello owns them.</param>
/// <param name="Agreed">What they agree on with the node's key; null when its key is of low order.</param>
public sealed record ReadyKey(IReadOnlyList<KeyShare> Shares, Secret? Agreed) : IDisposable
{
    /// <summary>Overwrites the secret; the shares are their owner's.</summary>
    public void Dispose() => Agreed?.Dispose();
}
