using Karez.Ip.Headers;
using Karez.Net.Loops;

namespace Karez.Tun.Flows;

/// <summary>The channel, as far as this project needs it.</summary>
public interface IFlowCarrier
{
    /// <summary>
    /// Carries a connection to its target until both directions have ended, on the connection's loop; the caller
    /// disposes it. Never throws for what the network does.
    /// </summary>
    /// <returns>False when it did not come about or broke: the program's side is then reset.</returns>
    ValueTask<bool> CarryAsync(Connection program, FlowRequest flow);

    /// <summary>Opens a way for one source's datagrams, on the calling loop.</summary>
    /// <param name="here">The calling loop.</param>
    /// <param name="source">Who sends; the same source has the same identity at the far side.</param>
    /// <param name="answered">Told of answers, on the loop.</param>
    IDatagramWay OpenDatagrams(EventLoop here, HostPort source, DatagramAnswered answered);
}
