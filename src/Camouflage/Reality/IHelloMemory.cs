namespace Karez.Camouflage.Reality;

/// <summary>
/// Remembers the hellos that were let in. One memory serves every gate of a node, whatever thread it is on.
/// </summary>
public interface IHelloMemory
{
    /// <summary>Lets a hello in once.</summary>
    /// <param name="sessionId">The sealed session id (32 octets).</param>
    /// <param name="stamp">The client's clock in the hello, Unix seconds.</param>
    /// <param name="now">This machine's clock, Unix seconds.</param>
    /// <returns>Why not, or <see cref="RealityFault.None"/>.</returns>
    RealityFault Admit(ReadOnlySpan<byte> sessionId, long stamp, long now);
}
