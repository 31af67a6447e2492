using Karez.Proxy;

namespace Karez.Net.Inbounds;

/// <summary>What a local program asked for, in whatever protocol, and how it is answered.</summary>
public abstract class LocalRequest
{
    /// <summary>Where to.</summary>
    public abstract Destination Destination { get; }

    /// <summary>Octets that came behind the request: the flow's first payload.</summary>
    public ReadOnlyMemory<byte> Early { get; protected set; }

    /// <summary>Reads up to the request.</summary>
    /// <param name="buffer">At least 64 KiB; holds what was read so far, and afterwards <see cref="Early"/>.</param>
    /// <param name="length">Octets in the buffer already.</param>
    /// <returns>False when there is no request to answer; what was to be said has been said.</returns>
    public abstract ValueTask<bool> ReceiveAsync(Memory<byte> buffer, int length);

    /// <summary>Says that the flow begins.</summary>
    /// <param name="bound">For UDP ASSOCIATE where to send datagrams; otherwise none.</param>
    public abstract ValueTask AcceptAsync(Destination bound);

    /// <summary>Says why it does not, and finishes.</summary>
    public abstract ValueTask RefuseAsync(FlowFailure failure);
}
