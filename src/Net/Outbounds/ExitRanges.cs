using System.Buffers.Binary;
using System.Net;

namespace Karez.Net.Outbounds;

/// <summary>
/// Which addresses are not on the public internet: IANA's special-purpose registries and the providers' metadata
/// services. An IPv6 address that holds an IPv4 address is judged by both.
/// </summary>
internal static class ExitRanges
{
    /// <summary>Judges 4 or 16 octets.</summary>
    internal static ExitVerdict Judge(ReadOnlySpan<byte> octets) =>
        octets.Length == 4 ? JudgeIPv4(octets) : JudgeIPv6(octets);

    private static ExitVerdict JudgeIPv4(ReadOnlySpan<byte> octets)
    {
        var address = BinaryPrimitives.ReadUInt32BigEndian(octets);
        if (s_metadataIPv4.Contains(address)) return ExitVerdict.Metadata;
        foreach (var (prefix, length, verdict) in s_rangesIPv4)
            if ((address ^ prefix) >> (32 - length) == 0) return verdict;
        return ExitVerdict.Allowed;
    }

    private static ExitVerdict JudgeIPv6(ReadOnlySpan<byte> octets)
    {
        var address = BinaryPrimitives.ReadUInt128BigEndian(octets);
        if (s_metadataIPv6.Contains(address)) return ExitVerdict.Metadata;
        foreach (var (prefix, length, verdict) in s_rangesIPv6)
            if ((address ^ prefix) >> (128 - length) == 0) return Embedded(octets, verdict);
        return ExitVerdict.Reserved;
    }

    /// <summary>Judges the IPv4 address that the IPv6 address stands for, if there is one.</summary>
    private static ExitVerdict Embedded(ReadOnlySpan<byte> octets, ExitVerdict verdict)
    {
        if (verdict is not (ExitVerdict.Allowed or EmbeddedLast or EmbeddedSecond or EmbeddedTeredo)) return verdict;
        if (verdict == EmbeddedLast) return JudgeIPv4(octets[12..]);
        var inner = ExitVerdict.Allowed;
        if (verdict == EmbeddedSecond) inner = JudgeIPv4(octets.Slice(2, 4));
        if (verdict == EmbeddedTeredo) inner = JudgeTeredo(octets);
        if (inner != ExitVerdict.Allowed) return inner;
        // ISATAP: the interface identifier is (02)00-5e-fe and the IPv4 address.
        var interfaceId = BinaryPrimitives.ReadUInt32BigEndian(octets[8..]);
        return (interfaceId & ~0x0200_0000u) == 0x0000_5EFE ? JudgeIPv4(octets[12..]) : ExitVerdict.Allowed;
    }

    private static ExitVerdict JudgeTeredo(ReadOnlySpan<byte> octets)
    {
        var server = JudgeIPv4(octets.Slice(4, 4));
        if (server != ExitVerdict.Allowed) return server;
        Span<byte> client = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(client, ~BinaryPrimitives.ReadUInt32BigEndian(octets[12..]));
        return JudgeIPv4(client);
    }

    private static uint IPv4(string text) =>
        BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(text).GetAddressBytes());

    private static UInt128 IPv6(string text) =>
        BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse(text).GetAddressBytes());

    // Not verdicts: where in the address the IPv4 address lies.
    private const ExitVerdict EmbeddedLast = (ExitVerdict)101;
    private const ExitVerdict EmbeddedSecond = (ExitVerdict)102;
    private const ExitVerdict EmbeddedTeredo = (ExitVerdict)103;

    private static readonly uint[] s_metadataIPv4 =
    [
        IPv4("169.254.169.254"), IPv4("169.254.170.2"), IPv4("100.100.100.200"), IPv4("168.63.129.16"),
        IPv4("192.0.0.192"),
    ];

    private static readonly UInt128[] s_metadataIPv6 = [IPv6("fd00:ec2::254"), IPv6("fd20:ce::254")];

    // The first that fits decides.
    private static readonly (uint Prefix, int Length, ExitVerdict Verdict)[] s_rangesIPv4 =
    [
        (IPv4("0.0.0.0"), 8, ExitVerdict.Unspecified),
        (IPv4("10.0.0.0"), 8, ExitVerdict.Private),
        (IPv4("100.64.0.0"), 10, ExitVerdict.Shared),
        (IPv4("127.0.0.0"), 8, ExitVerdict.Loopback),
        (IPv4("169.254.0.0"), 16, ExitVerdict.LinkLocal),
        (IPv4("172.16.0.0"), 12, ExitVerdict.Private),
        (IPv4("192.0.0.0"), 24, ExitVerdict.Reserved),
        (IPv4("192.0.2.0"), 24, ExitVerdict.Documentation),
        (IPv4("192.88.99.0"), 24, ExitVerdict.Reserved),
        (IPv4("192.168.0.0"), 16, ExitVerdict.Private),
        (IPv4("198.18.0.0"), 15, ExitVerdict.Benchmarking),
        (IPv4("198.51.100.0"), 24, ExitVerdict.Documentation),
        (IPv4("203.0.113.0"), 24, ExitVerdict.Documentation),
        (IPv4("224.0.0.0"), 4, ExitVerdict.Multicast),
        (IPv4("255.255.255.255"), 32, ExitVerdict.Broadcast),
        (IPv4("240.0.0.0"), 4, ExitVerdict.Reserved),
    ];

    private static readonly (UInt128 Prefix, int Length, ExitVerdict Verdict)[] s_rangesIPv6 =
    [
        (IPv6("::"), 128, ExitVerdict.Unspecified),
        (IPv6("::1"), 128, ExitVerdict.Loopback),
        (IPv6("::"), 96, EmbeddedLast),
        (IPv6("::ffff:0:0"), 96, EmbeddedLast),
        (IPv6("64:ff9b::"), 96, EmbeddedLast),
        (IPv6("64:ff9b:1::"), 48, ExitVerdict.Private),
        (IPv6("2001::"), 32, EmbeddedTeredo),
        (IPv6("2001:2::"), 48, ExitVerdict.Benchmarking),
        (IPv6("2001:10::"), 28, ExitVerdict.Reserved),
        (IPv6("2001:20::"), 28, ExitVerdict.Reserved),
        (IPv6("2001:db8::"), 32, ExitVerdict.Documentation),
        (IPv6("2002::"), 16, EmbeddedSecond),
        (IPv6("3fff::"), 20, ExitVerdict.Documentation),
        (IPv6("2000::"), 3, ExitVerdict.Allowed),
        (IPv6("fc00::"), 7, ExitVerdict.Private),
        (IPv6("fe80::"), 10, ExitVerdict.LinkLocal),
        (IPv6("fec0::"), 10, ExitVerdict.Private),
        (IPv6("ff00::"), 8, ExitVerdict.Multicast),
    ];
}
