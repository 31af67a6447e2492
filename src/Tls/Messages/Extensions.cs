using Karez.Wire;

namespace Karez.Tls.Messages;

/// <summary>An extensions block: u16 type and u16-counted body, again and again (RFC 8446 section 4.2).</summary>
/// <remarks>Enumerable; the bodies are borrowed from the message.</remarks>
public readonly ref struct Extensions
{
    /// <summary>The most extensions one message may have (our choice; browsers send below 25).</summary>
    public const int MaxCount = 128;

    private Extensions(ReadOnlySpan<byte> block) => Block = block;

    /// <summary>The block without its own length.</summary>
    public ReadOnlySpan<byte> Block { get; }

    /// <summary>Checks the block: every extension whole, none twice.</summary>
    /// <param name="block">The block without its own length.</param>
    /// <param name="extensions">The view.</param>
    /// <param name="duplicate">True when it fails because an extension stands twice.</param>
    public static bool TryParse(ReadOnlySpan<byte> block, out Extensions extensions, out bool duplicate)
    {
        extensions = default;
        duplicate = false;
        Span<ushort> seen = stackalloc ushort[MaxCount];
        var count = 0;
        var reader = new WireReader(block);
        while (reader.Remaining > 0)
        {
            if (count == MaxCount || !reader.TryReadUInt16(out var type) || !reader.TryReadVector16(out _))
                return false;
            if (seen[..count].Contains(type))
            {
                duplicate = true;
                return false;
            }

            seen[count++] = type;
        }

        extensions = new Extensions(block);
        return true;
    }

    /// <summary>Finds an extension's body.</summary>
    public bool TryGet(ushort type, out ReadOnlySpan<byte> body)
    {
        foreach (var extension in this)
        {
            if (extension.Type == type)
            {
                body = extension.Body;
                return true;
            }
        }

        body = default;
        return false;
    }

    /// <summary>Whether the extension is there.</summary>
    public bool Contains(ushort type) => TryGet(type, out _);

    /// <summary>Goes through the extensions in their order.</summary>
    public Enumerator GetEnumerator() => new(Block);

    /// <summary>One extension.</summary>
    public readonly ref struct Extension(ushort type, ReadOnlySpan<byte> body, int bodyOffset)
    {
        /// <summary>Its number: one of <see cref="ExtensionType"/>, or any other.</summary>
        public ushort Type { get; } = type;

        /// <summary>Its body.</summary>
        public ReadOnlySpan<byte> Body { get; } = body;

        /// <summary>Where the body begins, from the start of the block.</summary>
        public int BodyOffset { get; } = bodyOffset;
    }

    /// <summary>Goes through a checked block.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> block)
    {
        private readonly int _length = block.Length;
        private WireReader _reader = new(block);

        /// <summary>The extension reached.</summary>
        public Extension Current { get; private set; }

        /// <summary>Goes to the next extension.</summary>
        public bool MoveNext()
        {
            if (!_reader.TryReadUInt16(out var type) || !_reader.TryReadVector16(out var body))
                return false;
            Current = new Extension(type, body, _length - _reader.Remaining - body.Length);
            return true;
        }
    }
}
