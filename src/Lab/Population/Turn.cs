namespace Karez.Lab.Population;

/// <summary>One place of a bounded number, given back once however often it is disposed of.</summary>
internal sealed class Turn : IDisposable
{
    private SemaphoreSlim? _places;

    private Turn(SemaphoreSlim places) => _places = places;

    /// <summary>Waits for a place.</summary>
    public static async Task<Turn> TakeAsync(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        return new Turn(places);
    }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
}
