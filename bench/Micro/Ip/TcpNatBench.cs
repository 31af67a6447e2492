using System.Net;
using BenchmarkDotNet.Attributes;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Wire;

namespace Karez.Micro.Ip;

/// <summary>A packet of a known flow, parsed and rewritten: with its checksum owed, and complete.</summary>
[MemoryDiagnoser]
public class TcpNatBench
{
    private readonly byte[] _packet = new byte[65_535];
    private TcpNat _nat = null!; // Set before every run.

    [Params(false, true)]
    public bool IsIPv6 { get; set; }

    [GlobalSetup]
    public void Open()
    {
        var (own, peer, from, to) = IsIPv6
            ? (At("fd00::1"), At("fd00::2"), At("fd00::1"), At("2001:db8::1"))
            : (At("198.18.0.1"), At("198.18.0.2"), At("198.18.0.1"), At("203.0.113.1"));
        _nat = new TcpNat(new HostPort(own, 4443), peer, TcpNatOptions.Default);
        var start = IsIPv6 ? IPv6Header.Length : IPv4Header.MinLength;
        if (IsIPv6)
            IPv6Header.Write(_packet, 60_000, IpProtocol.Tcp, from, to);
        else
            IPv4Header.Write(_packet, 60_020, IpProtocol.Tcp, from, to);
        (_packet[start], _packet[start + 3], _packet[start + 12], _packet[start + 13]) = (0x90, 0x50, 0x50, 0x10);
        _nat.TryBegin(new FlowKey(new HostPort(from, 0x9000), new HostPort(to, 0x50)), default);
    }

    [Benchmark]
    public NatVerdict With_checksum_owed() => Translate(owed: true);

    [Benchmark]
    public NatVerdict With_checksum_complete() => Translate(owed: false);

    private NatVerdict Translate(bool owed)
    {
        var start = IsIPv6 ? IPv6Header.Length : IPv4Header.MinLength;
        var source = IsIPv6 ? s_from6 : s_from4;
        source.Write(_packet.AsSpan(IsIPv6 ? 8 : 12));
        (_packet[start], _packet[start + 1], _packet[start + 2], _packet[start + 3]) = (0x90, 0, 0, 0x50);
        (IsIPv6 ? s_to6 : s_to4).Write(_packet.AsSpan(IsIPv6 ? 24 : 16));
        _ = IpPacket.TryParse(_packet, out var layout);
        _ = TcpHeader.TryParse(layout.Payload(_packet.AsSpan()), out var tcp);
        return _nat.Translate(_packet, layout, tcp, owed, new Instant(1));
    }

    private static HostAddress At(string address) => HostAddress.From(IPAddress.Parse(address));

    private static readonly HostAddress s_from4 = At("198.18.0.1");
    private static readonly HostAddress s_from6 = At("fd00::1");
    private static readonly HostAddress s_to4 = At("203.0.113.1");
    private static readonly HostAddress s_to6 = At("2001:db8::1");
}
