using Karez.Sys;

namespace Karez.Net.Loops;

/// <summary>
/// A kernel pipe that is yours until you dispose it. One that still holds octets is closed then, so that they can
/// never come out in another flow.
/// </summary>
internal sealed class Pipe(PipePool pool, int readEnd, int writeEnd) : IDisposable
{
    /// <summary>Octets in it.</summary>
    public int Held { get; internal set; }

    internal int ReadEnd => readEnd;

    internal int WriteEnd => writeEnd;

    /// <summary>Gives it back; once.</summary>
    public void Dispose() => pool.Return(this);

    internal void Close()
    {
        _ = Descriptors.Close(readEnd);
        _ = Descriptors.Close(writeEnd);
    }
}
