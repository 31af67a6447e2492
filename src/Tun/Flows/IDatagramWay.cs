namespace Karez.Tun.Flows;

/// <summary>The way of one source's datagrams to wherever. Members are for its loop.</summary>
public interface IDatagramWay : IAsyncDisposable
{
    /// <summary>Sends a datagram, or drops it; never waits.</summary>
    void Send(in FlowTarget target, ReadOnlySpan<byte> payload);

    /// <summary>Lets what was collected leave.</summary>
    void Flush();
}
