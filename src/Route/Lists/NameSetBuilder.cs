using System.Buffers.Binary;

namespace Karez.Route.Lists;

/// <summary>Collects names into the table that <see cref="NameSet"/> reads.</summary>
internal sealed class NameSetBuilder
{
    private byte[] _entries = new byte[256];
    private byte[] _slots = new byte[16 * 8];
    private int _length;
    private int _longest = 1;

    /// <summary>How many different names.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the names were made to collide: then further ones are not taken.</summary>
    public bool IsCrowded => _longest > MaxProbe;

    private int Slots => _slots.Length / 8;

    /// <summary>Adds a name in lower case; one that is there already gets the kind as well.</summary>
    public void Add(ReadOnlySpan<byte> name, NameKinds kind)
    {
        if ((Count + 1) * 2 > Slots)
            Grow();
        var hash = NameHash.Of(name);
        var slot = SlotOf(hash, Slots);
        for (var probes = 1; Read(_slots, slot) is not 0 and var taken; slot = (slot + 1) & (Slots - 1))
        {
            var at = (int)(uint)taken - 1;
            if ((uint)(taken >> 32) == (uint)hash && _entries.AsSpan(at + 2, _entries[at]).SequenceEqual(name))
            {
                _entries[at + 1] |= (byte)kind;
                return;
            }

            _longest = Math.Max(_longest, ++probes);
            if (IsCrowded)
                return;
        }

        var needed = _length + 2 + name.Length;
        if (needed > _entries.Length)
            Array.Resize(ref _entries, Math.Max(needed, _entries.Length + (_entries.Length / 2)));
        (_entries[_length], _entries[_length + 1]) = ((byte)name.Length, (byte)kind);
        name.CopyTo(_entries.AsSpan(_length + 2));
        Write(_slots, slot, hash, _length);
        _length = needed;
        Count++;
    }

    /// <summary>The section, in parts.</summary>
    public List<ReadOnlyMemory<byte>> Finish()
    {
        var count = (Count + NamesInLine - 1) / NamesInLine;
        var (lines, used, most) = (new byte[NameSet.LineLength * count], new byte[count], 1);
        var names = new ushort[count];
        var beyond = new List<(int Line, int At)>();
        for (var at = 0; at < _length; at += LengthAt(at))
        {
            var hash = HashAt(at);
            var number = NameSet.LineOf(hash, count);
            var line = lines.AsSpan(number * NameSet.LineLength, NameSet.LineLength);
            var sieve = BinaryPrimitives.ReadUInt32LittleEndian(line) | (1U << (int)(hash & 31));
            BinaryPrimitives.WriteUInt32LittleEndian(line, sieve);
            most = Math.Max(most, ++names[number]);
            var room = line[(NameSet.EntriesAt + used[number])..];
            if (LengthAt(at) > room.Length)
            {
                beyond.Add((number, at));
                continue;
            }

            _entries.AsSpan(at, LengthAt(at)).CopyTo(room);
            used[number] += (byte)LengthAt(at);
        }

        var further = WriteFurther(lines, beyond);
        var header = new byte[NameSet.HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, count);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), most);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), further.Length);
        return [header, lines, further];
    }

    /// <summary>Writes what found no room in its line, those of one line behind one another.</summary>
    private byte[] WriteFurther(byte[] lines, List<(int Line, int At)> beyond)
    {
        beyond.Sort();
        var further = new byte[beyond.Sum(one => LengthAt(one.At)) + beyond.DistinctBy(one => one.Line).Count()];
        var (place, before) = (0, -1);
        foreach (var (line, at) in beyond)
        {
            if (line != before)
            {
                place += before < 0 ? 0 : 1; // the 0 that ends the line's before
                BinaryPrimitives.WriteInt32LittleEndian(lines.AsSpan((line * NameSet.LineLength) + 4), place + 1);
                before = line;
            }

            _entries.AsSpan(at, LengthAt(at)).CopyTo(further.AsSpan(place));
            place += LengthAt(at);
        }

        return further;
    }

    private int LengthAt(int at) => 2 + _entries[at];

    private ulong HashAt(int at) => NameHash.Of(_entries.AsSpan(at + 2, _entries[at]));

    private void Grow()
    {
        var grown = new byte[_slots.Length * 2];
        var slots = grown.Length / 8;
        _longest = 1;
        for (var at = 0; at < _length; at += LengthAt(at))
        {
            var hash = HashAt(at);
            var slot = SlotOf(hash, slots);
            var probes = 1;
            for (; Read(grown, slot) != 0; slot = (slot + 1) & (slots - 1))
                probes++;
            _longest = Math.Max(_longest, probes);
            Write(grown, slot, hash, at);
        }

        _slots = grown;
    }

    private static int SlotOf(ulong hash, int slots) => (int)(hash >> (64 - int.Log2(slots)));

    private static ulong Read(byte[] slots, int slot) =>
        BinaryPrimitives.ReadUInt64LittleEndian(slots.AsSpan(slot * 8));

    private static void Write(byte[] slots, int slot, ulong hash, int at) =>
        BinaryPrimitives.WriteUInt64LittleEndian(slots.AsSpan(slot * 8), (hash << 32) | (uint)(at + 1));

    // Our limit. A line has the names of at most sixteen slots, so it never has many more.
    private const int MaxProbe = 256;

    // On average: fewer leave room unused, with more many lie behind their line.
    private const int NamesInLine = 4;
}
