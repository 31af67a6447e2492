using Karez.Camouflage.Reality;

namespace Karez.Net.Tunnel;

/// <summary>
/// The one memory of all loops: with one each, a copy that arrives on another loop would be let in. Members are for any
/// thread.
/// </summary>
/// <param name="memory">What remembers; nobody else uses it from here on.</param>
public sealed class SharedHelloMemory(HelloMemory memory) : IHelloMemory
{
    private readonly Lock _lock = new();

    /// <summary>Hellos remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return memory.Count;
        }
    }

    /// <inheritdoc/>
    public RealityFault Admit(ReadOnlySpan<byte> sessionId, long stamp, long now)
    {
        lock (_lock)
            return memory.Admit(sessionId, stamp, now);
    }
}
