namespace Karez.Net.Loops;

/// <summary>
/// Equal segments of one buffer for a scattered read. With a stride of header, payload and trailer the payloads of
/// several records arrive where they are sealed in place, and full records then lie back to back.
/// </summary>
/// <param name="Offset">Where the first segment begins.</param>
/// <param name="Length">Octets read into each segment.</param>
/// <param name="Stride">From one segment's beginning to the next; at least <paramref name="Length"/>.</param>
/// <param name="Count">Segments, 1 to 16.</param>
public readonly record struct SlotLayout(int Offset, int Length, int Stride, int Count);
