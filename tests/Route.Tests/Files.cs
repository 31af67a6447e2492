using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Karez.Route.Lists;
using Karez.Route.Sources;

namespace Karez.Route.Tests;

/// <summary>Files as others write them, made here by an encoder of its own.</summary>
internal static class Files
{
    /// <summary>Compiles and opens a file.</summary>
    public static RouteList Open(string name, byte[] source)
    {
        var digest = SHA256.HashData(source);
        Assert.Equal(RouteFault.None, RouteSource.TryCompile(source, digest, out var compiled));
        Assert.True(RouteList.TryOpen(name, compiled.Join(), digest, out var list));
        return list;
    }

    public static RouteList Text(string name, params string[] lines) =>
        Open(name, Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    /// <summary>A geosite.dat: code, and domains as type, value, attributes.</summary>
    public static byte[] Geosite(params (string Code, (int Type, string Value, string[] Attributes)[] Domains)[] lists) =>
        [.. lists.SelectMany(list => Field(1, [
            .. Field(1, Encoding.ASCII.GetBytes(list.Code)),
            .. list.Domains.SelectMany(domain => Field(2, [
                // proto3 leaves zeros out
                .. domain.Type == 0 ? [] : Number(1, (ulong)domain.Type),
                .. Field(2, Encoding.UTF8.GetBytes(domain.Value)),
                .. domain.Attributes.SelectMany(a =>
                    Field(3, [.. Field(1, Encoding.ASCII.GetBytes(a)), .. Number(2, 1)])),
            ])),
        ]))];

    /// <summary>A geoip.dat: code, prefixes, and whether all others are meant.</summary>
    public static byte[] Geoip(params (string Code, string[] Prefixes, bool Inverse)[] countries) =>
        [.. countries.SelectMany(country => Field(1, [
            .. Field(1, Encoding.ASCII.GetBytes(country.Code)),
            .. country.Prefixes.SelectMany(prefix => Field(2, [
                .. Field(1, System.Net.IPAddress.Parse(prefix.Split('/')[0]).GetAddressBytes()),
                .. Number(2, ulong.Parse(prefix.Split('/')[1], null)),
            ])),
            .. country.Inverse ? Number(3, 1) : [],
        ]))];

    /// <summary>An .mmdb of IPv6 with IPv4 under ::/96, and 2002::/16 as its alias.</summary>
    public static byte[] Mmdb(int recordSize, params (string Prefix, string Country)[] networks)
    {
        var nodes = new List<uint[]> { new uint[2] };
        const uint None = uint.MaxValue;
        nodes[0] = [None, None];
        var data = new List<byte>();
        foreach (var (prefix, country) in networks)
        {
            var at = (uint)data.Count;
            data.AddRange(Record(country));
            var (address, bits) = (System.Net.IPAddress.Parse(prefix.Split('/')[0]), int.Parse(prefix.Split('/')[1], null));
            byte[] octets = address.GetAddressBytes() is { Length: 4 } four ? [.. new byte[12], .. four] : address.GetAddressBytes();
            Insert(nodes, octets, bits + (address.GetAddressBytes().Length == 4 ? 96 : 0), 0x8000_0000 | at);
        }

        uint node = 0;
        for (var i = 0; i < 96 && node < nodes.Count; i++)
            node = nodes[(int)node][0];
        if (node < nodes.Count)
            Insert(nodes, [0x20, 0x02, .. new byte[14]], 16, node);
        return [.. Tree(nodes, recordSize), .. new byte[16], .. data, .. Description((uint)nodes.Count, recordSize)];
    }

    private static void Insert(List<uint[]> nodes, byte[] octets, int bits, uint value)
    {
        uint node = 0;
        for (var i = 0; i < bits; i++)
        {
            var bit = (octets[i / 8] >> (7 - (i % 8))) & 1;
            if (i == bits - 1)
            {
                nodes[(int)node][bit] = value;
                return;
            }

            if (nodes[(int)node][bit] == uint.MaxValue)
            {
                nodes.Add([uint.MaxValue, uint.MaxValue]);
                nodes[(int)node][bit] = (uint)nodes.Count - 1;
            }

            node = nodes[(int)node][bit];
        }
    }

    private static IEnumerable<byte> Tree(List<uint[]> nodes, int size)
    {
        foreach (var node in nodes)
        {
            var (left, right) = (Value(node[0]), Value(node[1]));
            var octets = new byte[size / 4];
            switch (size)
            {
                case 24:
                    (octets[0], octets[1], octets[2]) = ((byte)(left >> 16), (byte)(left >> 8), (byte)left);
                    (octets[3], octets[4], octets[5]) = ((byte)(right >> 16), (byte)(right >> 8), (byte)right);
                    break;
                case 28:
                    BinaryPrimitives.WriteUInt32BigEndian(octets, left << 8);
                    BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(3), right);
                    octets[3] = (byte)(((left >> 20) & 0xF0) | (right >> 24));
                    break;
                default:
                    BinaryPrimitives.WriteUInt32BigEndian(octets, left);
                    BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), right);
                    break;
            }

            foreach (var octet in octets)
                yield return octet;
        }

        uint Value(uint record) => record == uint.MaxValue ? (uint)nodes.Count
            : record >= 0x8000_0000 ? (uint)nodes.Count + 16 + (record & 0x7FFF_FFFF) : record;
    }

    /// <summary>{ "traits": { "x": true, "y": [1] }, "country": { "names": {}, "iso_code": "XX" } }.</summary>
    private static byte[] Record(string country) =>
    [
        0xE2, .. Utf8("traits"), 0xE2, .. Utf8("x"), 0x01, 0x07, .. Utf8("y"), 0x01, 0x04, 0xA1, 0x01,
        .. Utf8("country"), 0xE2, .. Utf8("names"), 0xE0, .. Utf8("iso_code"), .. Utf8(country),
    ];

    private static byte[] Description(uint nodes, int size) =>
    [
        0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8, 0xE3,
        .. Utf8("node_count"), 0xC4, (byte)(nodes >> 24), (byte)(nodes >> 16), (byte)(nodes >> 8), (byte)nodes,
        .. Utf8("record_size"), 0xA1, (byte)size, .. Utf8("ip_version"), 0xA1, 6,
    ];

    private static byte[] Utf8(string text) => [(byte)(0x40 | text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Field(int field, byte[] octets) => [.. Varint((ulong)((field << 3) | 2)), .. Varint((ulong)octets.Length), .. octets];

    private static byte[] Number(int field, ulong number) => [.. Varint((ulong)(field << 3)), .. Varint(number)];

    private static List<byte> Varint(ulong number)
    {
        var octets = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            octets.Add((byte)(number | 0x80));
        octets.Add((byte)number);
        return octets;
    }
}
