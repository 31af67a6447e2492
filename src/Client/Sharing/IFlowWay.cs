using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client.Sharing;

/// <summary>The way of one TCP flow to the node: a connection of its own, or a part of a shared one.</summary>
internal interface IFlowWay : IOrigin, IDisposable
{
    /// <summary>What the node was asked to say of the dial.</summary>
    VlessAsk Asks { get; }

    /// <summary>Lets the node dial, although there is nothing to send yet.</summary>
    ValueTask SendHeadAsync();

    /// <summary>Waits for the node's word, if it was asked for <see cref="VlessAsk.Outcome"/>.</summary>
    /// <returns>Null when there is a connection, else why not.</returns>
    ValueTask<FlowFailure?> HearOutcomeAsync();

    /// <summary>Carries a program's flow until the end; never throws for what the network does.</summary>
    /// <param name="proxy">The client.</param>
    /// <param name="program">The program's connection; the caller disposes both.</param>
    /// <param name="began">When the program asked.</param>
    ValueTask<FlowResult> CarryAsync(LocalProxy proxy, Connection program, Instant began);
}
