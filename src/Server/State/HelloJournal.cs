using System.Buffers.Binary;
using Karez.Camouflage.Reality;
using Microsoft.Win32.SafeHandles;

namespace Karez.Server.State;

/// <summary>
/// The hellos that a restart must not forget, on disk: those stamped at or after the moment they were let in. Older
/// stamps need none: after a start they are refused (docs/decisions/replay-across-restart.md).
/// </summary>
/// <remarks>
/// <code>
///  "karez hellos 1\n" and zeros, 32 | slot 32 | slot 32 | ...        key 16 | stamp u64 | zeros 8
/// </code>
/// A ring of fixed size, so that a full disk does not matter once it is there; no slot crosses a disk's sector, so that
/// none is torn. Members are for any thread.
/// </remarks>
public sealed class HelloJournal : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = "hellos";

    /// <summary>Most hellos kept: 90 a second whose clocks are 90 s ahead, thousands whose clocks are right.</summary>
    public const int Capacity = 8191;

    private const int Slot = 32;

    // What is read at once; divides the file.
    private const int BlockSlots = 512;

    // No machine falls, rises and serves again within so many seconds; a process does, and the kernel keeps its writes.
    private const int Rising = 2;

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _file;
    private readonly long[] _stamps = new long[Capacity];
    private readonly List<RememberedHello> _remembered = [];
    private int _next;

    private HelloJournal(SafeFileHandle file) => _file = file;

    /// <summary>What an earlier process let in and a copy of which would still be taken.</summary>
    public IReadOnlyList<RememberedHello> Remembered => _remembered;

    private static ReadOnlySpan<byte> Title => "karez hellos 1\n"u8;

    /// <summary>Opens the folder's journal, making it if there is none. The caller holds the folder's lock.</summary>
    /// <param name="folder">The node's folder.</param>
    /// <param name="now">Unix seconds: what is stamped before is left out.</param>
    /// <exception cref="StateException">It cannot be made, or is none.</exception>
    public static HelloJournal Open(StateFolder folder, long now)
    {
        ArgumentNullException.ThrowIfNull(folder);
        const int length = (Capacity + 1) * Slot;
        try
        {
            if (!File.Exists(folder.FileOf(Name)))
            {
                var empty = new byte[length];
                Title.CopyTo(empty);
                folder.Write(Name, empty);
            }

            var file = File.OpenHandle(folder.FileOf(Name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var journal = new HelloJournal(file);
            if (RandomAccess.GetLength(file) == length && journal.TryLoad(now))
                return journal;
            file.Dispose();
            throw new StateException($"{folder.FileOf(Name)} is damaged", "delete it: it is made anew");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StateException($"cannot use {folder.FileOf(Name)}: {e.Message}", "run it as the folder's owner");
        }
    }

    /// <summary>Keeps a hello that is about to be let in.</summary>
    /// <param name="key">What it is known by.</param>
    /// <param name="stamp">Its stamp.</param>
    /// <param name="now">Unix seconds.</param>
    /// <returns>False when it cannot be kept: then it must not be let in.</returns>
    public ValueTask<bool> KeepAsync(UInt128 key, long stamp, long now)
    {
        if (stamp < now)
            return ValueTask.FromResult(true);
        if (!Write(key, stamp, now))
            return ValueTask.FromResult(false);
        return stamp <= now + Rising ? ValueTask.FromResult(true) : new ValueTask<bool>(Task.Run(Flush));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool Write(UInt128 key, long stamp, long now)
    {
        Span<byte> slot = stackalloc byte[Slot];
        slot.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(slot, key);
        BinaryPrimitives.WriteInt64BigEndian(slot[16..], stamp);
        lock (_lock)
        {
            if (_stamps[_next] >= now)
                return false;
            try
            {
                RandomAccess.Write(_file, slot, (_next + 1L) * Slot);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return false;
            }

            _stamps[_next] = stamp;
            _next = (_next + 1) % Capacity;
            return true;
        }
    }

    private bool Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>False when the file is cut short or another's.</summary>
    private bool TryLoad(long now)
    {
        // In blocks: the whole file would be a large object, whose memory a start waits for.
        var block = new byte[BlockSlots * Slot];
        for (var first = 0; first <= Capacity; first += BlockSlots)
        {
            if (RandomAccess.Read(_file, block, (long)first * Slot) != block.Length)
                return false;
            if (first == 0 && !block.AsSpan().StartsWith(Title))
                return false;
            for (var i = first == 0 ? 1 : 0; i < BlockSlots; i++)
                Load(first + i - 1, block.AsSpan(i * Slot, Slot), now);
        }

        for (var i = 0; i < Capacity && _stamps[_next] >= now; i++)
            _next = (_next + 1) % Capacity;
        return true;
    }

    private void Load(int index, ReadOnlySpan<byte> slot, long now)
    {
        var stamp = BinaryPrimitives.ReadInt64BigEndian(slot[16..]);
        if (stamp < now)
            return;
        _stamps[index] = stamp;
        _remembered.Add(new RememberedHello(BinaryPrimitives.ReadUInt128BigEndian(slot), stamp));

        // What was written last lies in front of the oldest.
        _next = (index + 1) % Capacity;
    }
}
