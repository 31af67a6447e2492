using System.Diagnostics.CodeAnalysis;
using Karez.Ip.Headers;
using Karez.Wire;

namespace Karez.Ip.Nat;

/// <summary>
/// UDP flows by their source alone (RFC 4787: endpoint-independent), bounded, from the longest unused to the latest.
/// </summary>
/// <typeparam name="TFlow">What the shell keeps of a flow.</typeparam>
/// <param name="capacity">Flows at once.</param>
/// <param name="safe">How long an unused flow is safe from giving way to a new one.</param>
public sealed class UdpFlows<TFlow>(int capacity, TimeSpan safe)
    where TFlow : class
{
    private readonly Dictionary<HostPort, LinkedListNode<Entry>> _flows = [];
    private readonly LinkedList<Entry> _byUse = [];

    /// <summary>Flows at this moment.</summary>
    public int Count => _flows.Count;

    /// <summary>Finds a flow and notes its use.</summary>
    public bool TryUse(HostPort source, Instant now, [MaybeNullWhen(false)] out TFlow flow)
    {
        if (!_flows.TryGetValue(source, out var node))
        {
            flow = null;
            return false;
        }

        node.ValueRef.LastUsed = now;
        if (node != _byUse.Last)
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
        }

        flow = node.ValueRef.Flow;
        return true;
    }

    /// <summary>Whether a new flow may be added, and which one has to end for it.</summary>
    /// <returns>False when the table is full of flows in use.</returns>
    public bool TryMakeRoom(Instant now, out TFlow? ended)
    {
        ended = null;
        if (_flows.Count < capacity)
            return true;
        if (_byUse.First is not { } oldest || now - oldest.ValueRef.LastUsed < safe)
            return false;
        ended = oldest.ValueRef.Flow;
        Remove(oldest);
        return true;
    }

    /// <summary>Adds a flow; there is room, and none with that source.</summary>
    public void Add(HostPort source, TFlow flow, Instant now) =>
        _flows.Add(source, _byUse.AddLast(new Entry { Source = source, Flow = flow, LastUsed = now }));

    /// <summary>Takes out the flow unused for longest, if it has been so for a time.</summary>
    public bool TryTakeIdle(Instant now, TimeSpan idle, [MaybeNullWhen(false)] out TFlow flow)
    {
        flow = null;
        if (_byUse.First is not { } oldest || now - oldest.ValueRef.LastUsed < idle)
            return false;
        flow = oldest.ValueRef.Flow;
        Remove(oldest);
        return true;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _flows.Remove(node.ValueRef.Source);
    }

    private struct Entry
    {
        public HostPort Source;
        public TFlow Flow;
        public Instant LastUsed;
    }
}
