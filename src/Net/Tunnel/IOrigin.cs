using Karez.Net.Loops;
using Karez.Proxy;

namespace Karez.Net.Tunnel;

/// <summary>Who answers an exchange, whichever way it is reached. For the loop's thread.</summary>
public interface IOrigin
{
    /// <summary>Why it cannot be reached, once the way has said so.</summary>
    FlowFailure? Refusal { get; }

    /// <summary>Sends octets.</summary>
    /// <exception cref="ConnectionException">The way broke.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> payload);

    /// <summary>Receives octets, good until the next call; empty at the end.</summary>
    /// <exception cref="ConnectionException">The way broke.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync();

    /// <summary>Ends the way for both directions.</summary>
    void Abort(ConnectionFault fault);
}
