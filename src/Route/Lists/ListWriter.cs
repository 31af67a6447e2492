using System.Buffers.Binary;
using System.Text;

namespace Karez.Route.Lists;

/// <summary>Puts sections together into the compiled form, without copying them.</summary>
internal sealed class ListWriter
{
    private readonly List<(string Name, SectionKind Kind, int Count, List<ReadOnlyMemory<byte>> Parts)> _sections = [];

    /// <summary>How many sections there are.</summary>
    public int Count => _sections.Count;

    /// <summary>Entries that were passed over.</summary>
    public int Skipped { get; set; }

    /// <summary>Adds a section.</summary>
    public void Add(string name, SectionKind kind, int count, List<ReadOnlyMemory<byte>> parts) =>
        _sections.Add((name, kind, count, parts));

    /// <summary>The whole, in parts; null when it is longer than can be addressed.</summary>
    public List<ReadOnlyMemory<byte>>? Finish(ReadOnlySpan<byte> digest)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var text = new List<byte>();
        long at = RouteList.HeaderLength + (RouteList.SectionLength * (long)_sections.Count);
        foreach (var (name, _, _, _) in _sections)
        {
            if (names.TryAdd(name, (int)at + text.Count))
                text.AddRange(Encoding.ASCII.GetBytes(name));
        }

        var head = new byte[Align(at + text.Count)];
        text.CopyTo(0, head, (int)at, text.Count);
        RouteList.Magic.CopyTo(head);
        digest.CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(40), _sections.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(48), Skipped);
        List<ReadOnlyMemory<byte>> whole = [head];
        at = head.Length;
        for (var i = 0; i < _sections.Count; i++)
        {
            var (name, kind, count, parts) = _sections[i];
            var length = parts.Sum(part => (long)part.Length);
            if (at + length + Padding > int.MaxValue)
                return null;
            var place = head.AsSpan(RouteList.HeaderLength + (RouteList.SectionLength * i));
            BinaryPrimitives.WriteInt32LittleEndian(place, (int)at);
            BinaryPrimitives.WriteInt32LittleEndian(place[4..], (int)length);
            BinaryPrimitives.WriteInt32LittleEndian(place[8..], names[name]);
            BinaryPrimitives.WriteUInt16LittleEndian(place[12..], (ushort)name.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(place[14..], (ushort)kind);
            BinaryPrimitives.WriteInt32LittleEndian(place[16..], count);
            whole.AddRange(parts);
            whole.Add(new byte[Align(length) - length]);
            at += Align(length);
        }

        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(44), (int)at);
        return whole;
    }

    private static long Align(long length) => (length + Padding) & ~(long)Padding;

    private const int Padding = 63; // lines of the cache, as files are mapped by pages
}
