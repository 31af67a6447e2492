using Karez.Wire;

namespace Karez.Camouflage.Tests.Browser;

/// <summary>Gives the octets that it was told to give, draw by draw; a draw of another length is a failure.</summary>
internal sealed class ScriptedEntropy(params byte[][] draws) : IEntropy
{
    private readonly Queue<byte[]> _draws = new(draws);

    public bool IsSpent => _draws.Count == 0;

    public void Fill(Span<byte> destination)
    {
        Assert.NotEmpty(_draws);
        var draw = _draws.Dequeue();
        Assert.Equal(draw.Length, destination.Length);
        draw.CopyTo(destination);
    }
}
