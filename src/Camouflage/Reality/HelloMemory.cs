using System.Buffers.Binary;

namespace Karez.Camouflage.Reality;

/// <summary>
/// Remembers the hellos that were let in while their time stamps are still good, so that a copy is a stranger's.
/// </summary>
/// <remarks>
/// Bounded: once full it lets nothing more in until old entries fall out (the hello is forwarded, as a stranger's).
/// A restart does not reopen the window: hellos stamped before <c>opensAt</c> are refused, because this memory
/// cannot know them; those stamped later are kept on disk by whoever lets them in, and given back.
/// Entries are the first 16 octets of the sealed session id: a ciphertext, so any 16 will do.
/// </remarks>
public sealed class HelloMemory : IHelloMemory
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly PriorityQueue<UInt128, long> _lastGood = new();
    private readonly int _capacity;
    private readonly long _windowSeconds;
    private readonly long _opensAt;

    /// <summary>Starts an empty memory.</summary>
    /// <param name="windowSeconds">How far a client's clock may be off, either way.</param>
    /// <param name="capacity">Most hellos remembered; an entry takes about 60 octets.</param>
    /// <param name="opensAt">Unix seconds of the start: older stamps are refused.</param>
    /// <param name="before">Hellos that were let in before the start and are not stamped before it.</param>
    public HelloMemory(
        long windowSeconds, int capacity, long opensAt, IReadOnlyCollection<RememberedHello>? before = null)
    {
        (_windowSeconds, _capacity, _opensAt) = (windowSeconds, capacity, opensAt);
        foreach (var hello in before ?? [])
        {
            if (_seen.Add(hello.Key))
                _lastGood.Enqueue(hello.Key, hello.Stamp + windowSeconds);
        }
    }

    /// <summary>Hellos remembered now.</summary>
    public int Count => _seen.Count;

    /// <summary>What a hello is known by.</summary>
    /// <param name="sessionId">The sealed session id (32 octets).</param>
    public static UInt128 KeyOf(ReadOnlySpan<byte> sessionId) => BinaryPrimitives.ReadUInt128BigEndian(sessionId);

    /// <inheritdoc/>
    public RealityFault Admit(ReadOnlySpan<byte> sessionId, long stamp, long now)
    {
        if (Math.Abs(now - stamp) > _windowSeconds)
            return RealityFault.ClockOff;
        if (stamp < _opensAt)
            return RealityFault.StampedBeforeStart;
        while (_lastGood.TryPeek(out _, out var until) && until < now)
            _seen.Remove(_lastGood.Dequeue());

        var key = KeyOf(sessionId);
        if (_seen.Contains(key))
            return RealityFault.Replayed;
        if (_seen.Count >= _capacity)
            return RealityFault.MemoryFull;
        _seen.Add(key);

        // The last second in which a copy would be taken: at most two windows from now, if the stamp lies ahead.
        _lastGood.Enqueue(key, stamp + _windowSeconds);
        return RealityFault.None;
    }
}
