using System.Text;

namespace Karez.Route.Sources;

/// <summary>
/// The data part of a MaxMind database. A value begins with <c>type (3 bits), size (5 bits)</c>; type 0 is more than 7,
/// with the type less 7 in the next octet; sizes of 29, 30 and 31 continue in one, two and three octets more; type 1 is
/// a pointer into this part.
/// </summary>
internal readonly ref struct MmdbRecord(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Looks for a number in a map.</summary>
    public bool TryFindNumber(uint at, string key, out ulong number)
    {
        number = 0;
        if (!TryFind(at, key, out var value) || !TryHead(value, out var type, out var size, out var content)
            || type is not (5 or 6 or 9) || size > 8)
            return false;
        foreach (var octet in _data.Slice(content, size))
            number = (number << 8) | octet;
        return true;
    }

    /// <summary>Looks for a text in a map, or in a map in it.</summary>
    public bool TryFindText(uint at, string key, string? innerKey, out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryFind(at, key, out var value) && (innerKey is null || TryFind(value, innerKey, out value))
            && TryReadText(value, out text);
    }

    /// <summary>Reads a text.</summary>
    public bool TryReadText(uint at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryHead(at, out var type, out var size, out var content) || type != Text)
            return false;
        text = _data.Slice(content, size);
        return true;
    }

    private bool TryFind(uint at, string key, out uint value)
    {
        value = 0;
        if (!TryHead(at, out var type, out var pairs, out var next) || type != Map)
            return false;
        for (var i = 0; i < pairs; i++)
        {
            if (!TryReadText((uint)next, out var name) || !TrySkip(ref next, 0))
                return false;
            value = (uint)next;
            if (Ascii.Equals(name, key))
                return true;
            if (!TrySkip(ref next, 0))
                return false;
        }

        return false;
    }

    /// <summary>Reads the beginning of a value, and of the one that a pointer points to.</summary>
    private bool TryHead(uint at, out int type, out int size, out int content) =>
        TryHead(at, out type, out size, out content, out _)
        && (type != Pointer || (TryHead((uint)size, out type, out size, out content, out _) && type != Pointer));

    private bool TryHead(uint at, out int type, out int size, out int content, out int end)
    {
        (type, size, content, end) = (0, 0, 0, 0);
        if (at >= _data.Length)
            return false;
        var place = (int)at;
        var control = _data[place++];
        type = control >> 5;
        if (type == 0)
        {
            if (place >= _data.Length)
                return false;
            type = 7 + _data[place++];
        }

        size = control & 0x1F;
        var more = type == Pointer ? 1 + ((control >> 3) & 3) : Math.Max(0, size - 28);
        if (more > _data.Length - place)
            return false;
        uint number = 0;
        foreach (var octet in _data.Slice(place, more))
            number = (number << 8) | octet;
        content = place + more;
        if (type == Pointer)
        {
            number += more switch
            {
                1 => (uint)(control & 7) << 8,
                2 => ((uint)(control & 7) << 16) + 2_048,
                3 => ((uint)(control & 7) << 24) + 526_336,
                _ => 0,
            };
            (size, end) = ((int)Math.Min(number, int.MaxValue), content);
            return true;
        }

        size = more switch { 0 => size, 1 => 29 + (int)number, 2 => 285 + (int)number, _ => 65_821 + (int)number };
        end = content + (type is Map or Array or Boolean ? 0 : size);
        return type is Map or Array or Boolean || size <= _data.Length - content;
    }

    private bool TrySkip(ref int at, int depth)
    {
        if (depth > MaxDepth || !TryHead((uint)at, out var type, out var size, out _, out var end))
            return false;
        at = end;
        for (var i = 0L; i < (type == Map ? 2L * size : type == Array ? size : 0); i++)
        {
            if (!TrySkip(ref at, depth + 1))
                return false;
        }

        return true;
    }

    private const int Pointer = 1;
    private const int Text = 2;
    private const int Map = 7;
    private const int Array = 11;
    private const int Boolean = 14;
    private const int MaxDepth = 32;
}
