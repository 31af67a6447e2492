using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>The names of an ALPN extension in their order (RFC 7301 section 3.1). Enumerable.</summary>
public readonly ref struct AlpnNames(ReadOnlySpan<byte> list)
{
    private readonly ReadOnlySpan<byte> _list = list;

    /// <summary>Whether no name is there.</summary>
    public bool IsEmpty => _list.IsEmpty;

    /// <summary>Whether the list is made of whole names, none of them empty.</summary>
    public bool IsWhole
    {
        get
        {
            var reader = new WireReader(_list);
            while (reader.Remaining > 0)
            {
                if (!reader.TryReadVector8(out var name) || name.IsEmpty)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Whether the name is in the list.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var candidate in this)
        {
            if (candidate.SequenceEqual(name))
                return true;
        }

        return false;
    }

    /// <summary>Goes through the names.</summary>
    public Enumerator GetEnumerator() => new(_list);

    /// <summary>Goes through the list.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> list)
    {
        private WireReader _reader = new(list);

        /// <summary>The name reached.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next name.</summary>
        public bool MoveNext()
        {
            if (!_reader.TryReadVector8(out var name))
                return false;
            Current = name;
            return true;
        }
    }
}
