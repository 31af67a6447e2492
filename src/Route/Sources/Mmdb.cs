using Karez.Route.Lists;

namespace Karez.Route.Sources;

/// <summary>
/// A MaxMind database (MaxMind DB file format 2.0): a binary tree over the bits of addresses, 16 zeros, records, and a
/// description of the whole behind the last marker. Walked once.
/// </summary>
internal ref struct Mmdb
{
    private readonly ReadOnlySpan<byte> _tree;
    private readonly MmdbRecord _data;
    private readonly uint _nodes;
    private readonly int _recordSize;
    private readonly int _bits;

    private Mmdb(ReadOnlySpan<byte> tree, MmdbRecord data, uint nodes, int recordSize, int bits)
    {
        _tree = tree;
        _data = data;
        (_nodes, _recordSize, _bits) = (nodes, recordSize, bits);
    }

    /// <summary>Where the description begins; -1 when this is no such file.</summary>
    public static int FindDescription(ReadOnlySpan<byte> source)
    {
        var skipped = Math.Max(0, source.Length - MaxDescription);
        var at = source[skipped..].LastIndexOf(Marker);
        return at < 0 ? -1 : skipped + at + Marker.Length;
    }

    /// <summary>Compiles a whole file into a list for each country.</summary>
    public static RouteFault Compile(ReadOnlySpan<byte> source, ListWriter writer, ref Budget budget)
    {
        var description = new MmdbRecord(source[FindDescription(source)..]);
        if (!description.TryFindNumber(0, "node_count", out var nodes)
            || !description.TryFindNumber(0, "record_size", out var size)
            || !description.TryFindNumber(0, "ip_version", out var version)
            || size is not (24 or 28 or 32) || version is not (4 or 6) || nodes is 0 or > int.MaxValue)
            return RouteFault.Malformed;
        var length = (long)nodes * (long)size / 4;
        if (length + Gap > source.Length)
            return RouteFault.Malformed;
        var data = new MmdbRecord(source[((int)length + Gap)..]);
        var file = new Mmdb(source[..(int)length], data, (uint)nodes, (int)size, version == 4 ? 32 : 128);
        return file.Walk(writer, ref budget);
    }

    private readonly RouteFault Walk(ListWriter writer, ref Budget budget)
    {
        var countries = new SortedDictionary<string, ListBuilder>(StringComparer.Ordinal);
        var codes = new Dictionary<uint, string?>();
        var four = FindFour();
        var waiting = new Stack<(uint Node, UInt128 Path, int Depth)>([(0, 0, 0)]);
        for (var visits = 0; waiting.TryPop(out var at); visits++)
        {
            if (visits >= MaxVisits)
                return RouteFault.TooMany;
            for (uint bit = 0; bit < 2; bit++)
            {
                var record = Record(at.Node, bit);
                var (path, depth) = (at.Path | ((UInt128)bit << (_bits - 1 - at.Depth)), at.Depth + 1);
                if (record == _nodes || (record == four && (path != 0 || depth != FourDepth)))
                    continue; // nothing known; or IPv4 once more under another prefix
                if (record < _nodes)
                {
                    if (depth == _bits)
                        return RouteFault.Malformed;
                    waiting.Push((record, path, depth));
                    continue;
                }

                if (!codes.TryGetValue(record, out var code))
                    codes[record] = code = CodeOf(record - _nodes - Gap);
                if (!budget.TryTakeEntry())
                    return RouteFault.TooMany;
                if (code is null)
                {
                    writer.Skipped++;
                    continue;
                }

                if (!countries.TryGetValue(code, out var list))
                    countries[code] = list = new ListBuilder();
                list.Addresses.Add(PrefixOf(path, depth));
            }
        }

        if (!budget.TryTakeLists(countries.Count))
            return RouteFault.TooMany;
        foreach (var (code, list) in countries)
            list.WriteTo(writer, Geoip.Prefix + code);
        return RouteFault.None;
    }

    private readonly RoutePrefix PrefixOf(UInt128 path, int depth)
    {
        var isFour = _bits == 32 || (depth >= FourDepth && path >> 32 == 0);
        var bits = _bits == 32 || !isFour ? depth : depth - FourDepth;
        RoutePrefix.TryMake(new RouteAddress(path, !isFour), bits, out var prefix);
        return prefix;
    }

    private readonly string? CodeOf(uint at)
    {
        if (_data.TryFindText(at, "country", "iso_code", out var code)
            || _data.TryFindText(at, "registered_country", "iso_code", out code)
            || _data.TryFindText(at, "country_code", null, out code)
            || _data.TryFindText(at, "country", null, out code)
            || _data.TryReadText(at, out code))
            return NameText.Code(code);
        return null;
    }

    /// <summary>
    /// The node under ::/96, which other prefixes point to as well; a number that no record has for none.
    /// </summary>
    private readonly uint FindFour()
    {
        if (_bits == 32)
            return uint.MaxValue;
        uint node = 0;
        for (var depth = 0; depth < FourDepth && node < _nodes; depth++)
            node = Record(node, 0);
        return node < _nodes ? node : uint.MaxValue;
    }

    /// <summary>The left or right record of a node; one of 28 bits has its upper four in the octet between.</summary>
    private readonly uint Record(uint node, uint bit)
    {
        var octets = _tree.Slice((int)(node * (long)_recordSize / 4), _recordSize / 4);
        return _recordSize switch
        {
            24 => Read(octets.Slice((int)bit * 3, 3)),
            28 when bit == 0 => ((uint)(octets[3] & 0xF0) << 20) | Read(octets[..3]),
            28 => ((uint)(octets[3] & 0x0F) << 24) | Read(octets[4..]),
            _ => Read(octets.Slice((int)bit * 4, 4)),
        };
    }

    private static uint Read(ReadOnlySpan<byte> octets)
    {
        uint number = 0;
        foreach (var octet in octets)
            number = (number << 8) | octet;
        return number;
    }

    private static ReadOnlySpan<byte> Marker =>
        [0xAB, 0xCD, 0xEF, (byte)'M', (byte)'a', (byte)'x', (byte)'M', (byte)'i', (byte)'n', (byte)'d',
         (byte)'.', (byte)'c', (byte)'o', (byte)'m'];

    private const int MaxDescription = 128 * 1024; // the format's
    private const int Gap = 16;
    private const int FourDepth = 96;
    private const int MaxVisits = 1 << 24;
}
