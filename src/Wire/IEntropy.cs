namespace Karez.Wire;

/// <summary>Where a machine's random octets come from: the kernel in a program, a seed in a test.</summary>
public interface IEntropy
{
    /// <summary>Fills the whole block with random octets.</summary>
    void Fill(Span<byte> destination);
}
