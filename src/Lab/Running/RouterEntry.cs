namespace Karez.Lab.Running;

/// <summary>How exact the router was during a run.</summary>
/// <param name="Packets">Packets forwarded.</param>
/// <param name="MedianErrorMs">How much later than due the middle packet left, in milliseconds.</param>
/// <param name="P99ErrorMs">The same for 99 % of packets.</param>
/// <param name="Dropped">Packets that the kernel or the router lost and no model wanted lost.</param>
/// <param name="Collections">How often the lab's own memory was collected meanwhile, which stops the router.</param>
/// <param name="Valid">False when the 99 % error is over 2 ms: timing figures of the run mean nothing.</param>
public sealed record RouterEntry(
    long Packets, double MedianErrorMs, double P99ErrorMs, long Dropped, int Collections, bool Valid)
{
    /// <summary>Above this a run is invalid; milliseconds.</summary>
    public const double Limit = 2;
}
