namespace Karez.Tun;

/// <summary>What happened so far. Snapshots; from any thread.</summary>
public sealed class TunCounters
{
    private long _packetsIn;
    private long _packetsOut;
    private long _malformed;
    private long _unsupported;
    private long _lostWrites;
    private long _refusedFlows;
    private long _refusedQuic;
    private long _tableFull;
    private long _droppedDatagrams;
    private long _questions;
    private long _tcpFlows;
    private long _udpFlows;

    /// <summary>Packets that the machine sent; a joined one counts once.</summary>
    public long PacketsIn => Volatile.Read(ref _packetsIn);

    /// <summary>Packets given to the machine.</summary>
    public long PacketsOut => Volatile.Read(ref _packetsOut);

    /// <summary>Octets that are no packet.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Packets of other protocols, multicast, pings to others: dropped without answer.</summary>
    public long Unsupported => Volatile.Read(ref _unsupported);

    /// <summary>Packets that the device would not take.</summary>
    public long LostWrites => Volatile.Read(ref _lostWrites);

    /// <summary>Flows that the router refused.</summary>
    public long RefusedFlows => Volatile.Read(ref _refusedFlows);

    /// <summary>Datagrams to port 443 that were answered with "port unreachable".</summary>
    public long RefusedQuic => Volatile.Read(ref _refusedQuic);

    /// <summary>Flows that found a table full.</summary>
    public long TableFull => Volatile.Read(ref _tableFull);

    /// <summary>Datagrams dropped: too long, no room, no route.</summary>
    public long DroppedDatagrams => Volatile.Read(ref _droppedDatagrams);

    /// <summary>DNS questions.</summary>
    public long Questions => Volatile.Read(ref _questions);

    /// <summary>TCP flows begun.</summary>
    public long TcpFlows => Volatile.Read(ref _tcpFlows);

    /// <summary>UDP flows begun.</summary>
    public long UdpFlows => Volatile.Read(ref _udpFlows);

    // Each has one writer, the device's loop, except those that say otherwise.
    internal void AddPacketIn() => Volatile.Write(ref _packetsIn, _packetsIn + 1);

    internal void AddPacketOut() => Volatile.Write(ref _packetsOut, _packetsOut + 1);

    internal void AddMalformed() => Volatile.Write(ref _malformed, _malformed + 1);

    internal void AddUnsupported() => Volatile.Write(ref _unsupported, _unsupported + 1);

    internal void AddLostWrite() => Volatile.Write(ref _lostWrites, _lostWrites + 1);

    internal void AddRefusedFlow() => Interlocked.Increment(ref _refusedFlows);

    internal void AddRefusedQuic() => Volatile.Write(ref _refusedQuic, _refusedQuic + 1);

    internal void AddTableFull() => Volatile.Write(ref _tableFull, _tableFull + 1);

    internal void AddDroppedDatagram() => Volatile.Write(ref _droppedDatagrams, _droppedDatagrams + 1);

    internal void AddQuestion() => Interlocked.Increment(ref _questions);

    internal void AddTcpFlow() => Volatile.Write(ref _tcpFlows, _tcpFlows + 1);

    internal void AddUdpFlow() => Volatile.Write(ref _udpFlows, _udpFlows + 1);
}
