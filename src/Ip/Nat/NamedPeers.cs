using Karez.Ip.Headers;

namespace Karez.Ip.Nat;

/// <summary>
/// Of one UDP flow: which fake address a real one answers for. The far side resolves names, so answers come from
/// addresses that the program has never written to.
/// </summary>
public sealed class NamedPeers
{
    private readonly List<Peer> _peers = [];
    private readonly Queue<HostAddress> _written = new();

    /// <summary>Notes that a datagram went to a fake address.</summary>
    public void NoteNamed(HostPort fake)
    {
        foreach (var peer in _peers)
        {
            if (peer.Fake == fake)
                return;
        }

        if (_peers.Count == MaxPeers)
            _peers.RemoveAt(0);
        _peers.Add(new Peer(fake, default, IsKnown: false));
    }

    /// <summary>Notes that a datagram went to a real address: answers from there are its own.</summary>
    public void NoteReal(HostAddress address)
    {
        if (_peers.Count == 0 && _written.Count >= MaxPeers)
            return; // nothing could be mistaken: one that answers was written to, or is nobody's name
        if (_written.Contains(address))
            return;
        if (_written.Count == MaxPeers)
            _written.Dequeue();
        _written.Enqueue(address);
    }

    /// <summary>From where the program is to see an answer.</summary>
    /// <param name="real">Where it came from.</param>
    public HostPort Translate(HostPort real)
    {
        if (_peers.Count == 0)
            return real;
        foreach (var peer in _peers)
        {
            if (peer.IsKnown && peer.Real == real.Address)
                return real with { Address = peer.Fake.Address };
        }

        if (_written.Contains(real.Address))
            return real;
        for (var i = 0; i < _peers.Count; i++)
        {
            if (_peers[i].IsKnown || _peers[i].Fake.Port != real.Port)
                continue;
            _peers[i] = _peers[i] with { Real = real.Address, IsKnown = true };
            return _peers[i].Fake;
        }

        return real;
    }

    private readonly record struct Peer(HostPort Fake, HostAddress Real, bool IsKnown);

    private const int MaxPeers = 16; // our choice
}
