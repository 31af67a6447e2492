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
    public bool IsCrowded => _longest > NameSet.MaxProbe;

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
        var header = new byte[NameSet.HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(header, int.Log2(Slots));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), _longest);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), _length);
        return [header, _slots, _entries.AsMemory(0, _length)];
    }

    private void Grow()
    {
        var grown = new byte[_slots.Length * 2];
        var slots = grown.Length / 8;
        _longest = 1;
        for (var at = 0; at < _length; at += 2 + _entries[at])
        {
            var hash = NameHash.Of(_entries.AsSpan(at + 2, _entries[at]));
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
}
