using Karez.Net.Loops;

namespace Karez.Net.Relay;

/// <summary>
/// Carries one direction between two connections of a loop as it is. The first 256 KiB are copied; a flow that goes on
/// proved to be bulk and is spliced through a pipe of the pool, or copied where there is none to be had.
/// </summary>
/// <remarks>
/// Neither a buffer nor a pipe is held while there is nothing to move. Why and how much: docs/decisions/splice.md.
/// </remarks>
/// <param name="from">Read from.</param>
/// <param name="to">Written to; its end is the caller's to pass on.</param>
/// <param name="rate">A bound of octets a second, or null.</param>
/// <param name="counted">Told of octets as they are moved, or null.</param>
internal sealed class BarePump(Connection from, Connection to, RateLimit? rate, Action<long>? counted)
{
    private readonly long _before = to.BytesWritten;
    private long _counted;

    /// <summary>Octets moved, exactly as many as the destination's kernel took, also when it broke.</summary>
    public long Octets => to.BytesWritten - _before;

    /// <summary>The destination, for tests.</summary>
    internal Connection To => to;

    /// <summary>Octets of these that never were in this process's memory.</summary>
    public long Spliced { get; private set; }

    /// <summary>Whether it waits for, or reads from, the source; else the destination is what it is about.</summary>
    public bool IsReading { get; private set; } = true;

    /// <summary>How a stranger's octets are handled: as they came, unless a test says otherwise.</summary>
    internal StrangerCare Care { get; init; } = StrangerCare.Faithful;

    private int Most => rate?.Chunk ?? MaxSplice;

    private bool IsToSplice =>
        Octets >= CopiedFirst && Care == StrangerCare.Faithful && from.MaySplice && from.Loop.Pipes.MayHave;

    /// <summary>Carries until the source has finished.</summary>
    /// <exception cref="ConnectionException">Either connection broke.</exception>
    public async ValueTask RunAsync()
    {
        // One method, so that a flow that waits often makes no state machine each time.
        Rented? buffer = null;
        Pipe? pipe = null;
        Gathering? gathering = null;
        try
        {
            while (true)
            {
                IsReading = true;
                gathering?.Begin();
                await from.WaitReadableAsync();
                gathering?.End();
                pipe = IsToSplice ? from.Loop.Pipes.TryRent() : null;
                if (pipe is not null)
                    gathering ??= new Gathering(from);
                else
                    buffer = from.Loop.Buffers.Rent(BufferSize.Read);
                while (TryTake(buffer, pipe, out var count))
                {
                    if (count == 0)
                        return;
                    IsReading = false;
                    if (buffer is not null)
                        await to.WriteAsync(Passed(buffer, count));
                    while (pipe is not null && !to.TrySpliceOutOf(pipe))
                        await to.WaitWritableAsync();
                    Spliced += pipe is null ? 0 : count;
                    Count();
                    await Pacing.BookAsync(rate, from, count);
                    IsReading = true;
                    if (pipe is null && IsToSplice)
                        break;
                }

                GiveBack(ref buffer, ref pipe);
            }
        }
        finally
        {
            gathering?.Dispose();
            GiveBack(ref buffer, ref pipe);
            Count(); // what the destination took before it broke
        }
    }

    private bool TryTake(Rented? buffer, Pipe? pipe, out int count) => buffer is null
        ? from.TrySpliceInto(pipe!, Most, out count) // there is either a pipe or a buffer
        : from.TryRead(Room(buffer).Span, out count);

    private Memory<byte> Room(Rented buffer) => Care.Room(buffer.Memory[..Math.Min(buffer.Length, Most)]);

    private Memory<byte> Passed(Rented buffer, int count)
    {
        var room = Room(buffer);
        return room[..Care.Passed(count, room.Length)];
    }

    private static void GiveBack(ref Rented? buffer, ref Pipe? pipe)
    {
        buffer?.Dispose();
        pipe?.Dispose();
        (buffer, pipe) = (null, null);
    }

    private void Count()
    {
        var fresh = Octets - _counted;
        _counted += fresh;
        if (fresh > 0)
            counted?.Invoke(fresh);
    }

    private const int CopiedFirst = 256 * 1024;
    private const int MaxSplice = 1024 * 1024;
}
