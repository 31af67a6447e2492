using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Nat;

/// <summary>
/// The table by which this machine's own TCP ends connections that go elsewhere, for one family: a packet to anywhere
/// becomes one from the peer's address to a listener on the device's own, and the listener's answers are changed back.
/// </summary>
/// <remarks>
/// <code>
/// program a:p -> d:q   becomes   peer:n -> own:L        n stands for (a:p, d:q)
/// listener own:L -> peer:n   becomes   d:q -> a:p
/// </code>
/// One owner at a time. Per packet nothing is allocated.
/// </remarks>
public sealed class TcpNat
{
    private readonly HostPort _listener;
    private readonly HostAddress _peer;
    private readonly TcpNatOptions _options;
    private readonly Dictionary<FlowKey, int> _numbers;
    private readonly NatEntries _entries;

    /// <summary>Makes an empty table.</summary>
    /// <param name="listener">The device's own address, and where we listen on it.</param>
    /// <param name="peer">The other address on the device's link, which nobody has.</param>
    /// <param name="options">Limits.</param>
    public TcpNat(HostPort listener, HostAddress peer, TcpNatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxFlows, ushort.MaxValue - FirstPort);
        (_listener, _peer, _options) = (listener, peer, options);
        _entries = new NatEntries(options.MaxFlows);
        _numbers = new Dictionary<FlowKey, int>(Math.Min(options.MaxFlows, 1024));
    }

    /// <summary>Flows in the table.</summary>
    public int Count => _numbers.Count;

    /// <summary>Flows that gave way because the table was full.</summary>
    public long GaveWay { get; private set; }

    /// <summary>Translates a TCP packet in place.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="layout">Where things are in it.</param>
    /// <param name="tcp">Its TCP header.</param>
    /// <param name="owesChecksum">Whether the device owes its checksum.</param>
    /// <param name="now">The time.</param>
    public NatVerdict Translate(
        Span<byte> packet, in IpPacket layout, in TcpHeader tcp, bool owesChecksum, Instant now)
    {
        var source = new HostPort(layout.Source, tcp.SourcePort);
        if (source == _listener)
        {
            return layout.Destination == _peer
                ? TranslateAnswer(packet, layout, tcp, owesChecksum, now)
                : NatVerdict.Dropped;
        }

        var key = new FlowKey(source, new HostPort(layout.Destination, tcp.DestinationPort));
        var begins = (tcp.Flags & (TcpControl.Syn | TcpControl.Ack | TcpControl.Rst)) == TcpControl.Syn;
        if (!_numbers.TryGetValue(key, out var number))
            return begins ? NatVerdict.Begins : NatVerdict.Unknown;
        ref var entry = ref _entries[number];
        if (begins && entry.Phase == NatPhase.Closing)
        {
            // The listener's side may still remember the old one under that port.
            Forget(number);
            return NatVerdict.Begins;
        }

        Note(number, ref entry, tcp.Flags, fromProgram: true, now);
        Rewriting.Apply(packet, layout, new HostPort(_peer, PortOf(number)), _listener, owesChecksum);
        return NatVerdict.Rewritten;
    }

    /// <summary>Begins a flow; its packet is then translated anew.</summary>
    /// <returns>False when the table is full of flows that do not give way.</returns>
    public bool TryBegin(in FlowKey key, Instant now)
    {
        Expire(now);
        if (!_entries.HasFree && !TryMakeRoom(now))
            return false;
        var number = _entries.Take();
        ref var entry = ref _entries[number];
        entry.Key = key;
        entry.Flags = TcpControl.None;
        _entries.Append(number, NatPhase.Opening, now);
        _numbers[key] = number;
        return true;
    }

    /// <summary>Whose connection the listener has accepted.</summary>
    /// <param name="caller">The caller's address and port as the listener sees them.</param>
    /// <param name="key">Both ends as the program sees them.</param>
    public bool TryFind(HostPort caller, out FlowKey key)
    {
        key = default;
        var number = caller.Port - FirstPort;
        if (caller.Address != _peer || (uint)number >= (uint)_entries.Capacity
            || _entries[number].Phase == NatPhase.Free)
            return false;
        key = _entries[number].Key;
        return true;
    }

    /// <summary>Forgets flows whose time is over.</summary>
    public void Expire(Instant now)
    {
        ExpireOldest(NatPhase.Opening, now, _options.Opening);
        ExpireOldest(NatPhase.Open, now, _options.Open);
        ExpireOldest(NatPhase.Closing, now, _options.Closing);
    }

    private NatVerdict TranslateAnswer(
        Span<byte> packet, in IpPacket layout, in TcpHeader tcp, bool owesChecksum, Instant now)
    {
        var number = tcp.DestinationPort - FirstPort;
        if ((uint)number >= (uint)_entries.Capacity || _entries[number].Phase == NatPhase.Free)
            return (tcp.Flags & TcpControl.Rst) != 0 ? NatVerdict.Dropped : NatVerdict.Unknown;
        ref var entry = ref _entries[number];
        Note(number, ref entry, tcp.Flags, fromProgram: false, now);
        Rewriting.Apply(packet, layout, entry.Key.Destination, entry.Key.Source, owesChecksum);
        return NatVerdict.Rewritten;
    }

    private void Note(int number, ref NatEntry entry, TcpControl flags, bool fromProgram, Instant now)
    {
        var phase = entry.Phase;
        if ((flags & TcpControl.Rst) != 0)
            phase = NatPhase.Closing;
        else if ((flags & TcpControl.Fin) != 0)
        {
            // The program's FIN is kept as Fin, ours as Syn: two bits of one octet.
            entry.Flags |= fromProgram ? TcpControl.Fin : TcpControl.Syn;
            if (entry.Flags == (TcpControl.Fin | TcpControl.Syn))
                phase = NatPhase.Closing;
        }
        else if (phase == NatPhase.Opening && fromProgram && (flags & TcpControl.Ack) != 0)
            phase = NatPhase.Open;
        if (phase != entry.Phase || entry.LastSeen != now)
            _entries.Move(number, phase, now);
    }

    private bool TryMakeRoom(Instant now)
    {
        var number = _entries.Oldest(NatPhase.Closing);
        if (number < 0)
        {
            number = _entries.Oldest(NatPhase.Opening);
            if (number < 0 || now - _entries[number].LastSeen < _options.SafeOpening)
                return false;
        }

        Forget(number);
        GaveWay++;
        return true;
    }

    private void ExpireOldest(NatPhase phase, Instant now, TimeSpan limit)
    {
        for (var number = _entries.Oldest(phase);
            number >= 0 && now - _entries[number].LastSeen >= limit;
            number = _entries.Oldest(phase))
            Forget(number);
    }

    private void Forget(int number)
    {
        _numbers.Remove(_entries[number].Key);
        _entries.Free(number);
    }

    private static ushort PortOf(int number) => (ushort)(FirstPort + number);

    private const int FirstPort = 5_000; // our choice: below are ports that have names
}
