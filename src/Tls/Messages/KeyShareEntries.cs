using Karez.Crypto;
using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>The shares of a ClientHello's key_share: u16 group and u16-counted share, again and again.</summary>
/// <remarks>
/// Enumerable; an entry that does not fit ends the enumeration, so check <see cref="IsWhole"/> where it matters.
/// </remarks>
public readonly ref struct KeyShareEntries(ReadOnlySpan<byte> list)
{
    private readonly ReadOnlySpan<byte> _list = list;

    /// <summary>Whether the list is made of whole entries.</summary>
    public bool IsWhole
    {
        get
        {
            var reader = new WireReader(_list);
            while (reader.Remaining > 0)
            {
                if (!reader.TryReadUInt16(out _) || !reader.TryReadVector16(out var share) || share.IsEmpty)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Finds the first share of a group.</summary>
    public bool TryGet(NamedGroup group, out ReadOnlySpan<byte> share)
    {
        foreach (var entry in this)
        {
            if (entry.Group == group)
            {
                share = entry.Share;
                return true;
            }
        }

        share = default;
        return false;
    }

    /// <summary>Goes through the shares in their order.</summary>
    public Enumerator GetEnumerator() => new(_list);

    /// <summary>One share.</summary>
    public readonly ref struct Entry(NamedGroup group, ReadOnlySpan<byte> share)
    {
        /// <summary>The group; can be one we do not know (GREASE, say).</summary>
        public NamedGroup Group { get; } = group;

        /// <summary>The public value.</summary>
        public ReadOnlySpan<byte> Share { get; } = share;
    }

    /// <summary>Goes through the list.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> list)
    {
        private WireReader _reader = new(list);

        /// <summary>The share reached.</summary>
        public Entry Current { get; private set; }

        /// <summary>Goes to the next share.</summary>
        public bool MoveNext()
        {
            if (!_reader.TryReadUInt16(out var group) || !_reader.TryReadVector16(out var share))
                return false;
            Current = new Entry((NamedGroup)group, share);
            return true;
        }
    }
}
