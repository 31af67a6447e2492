using System.Net;
using Karez.Net.Outbounds;

namespace Karez.Net.Tests.Outbounds;

public class ExitPolicyTests
{
    private static readonly ExitPolicy s_strict = new(false, [], []);
    private static readonly ExitPolicy s_lab = new(true, [], []);

    // The last address before a range, its first, its last, and the first after it.
    public static TheoryData<string> Edges => new(
        "0.0.0.0 Unspecified, 0.255.255.255 Unspecified, 1.0.0.0 Allowed",
        "9.255.255.255 Allowed, 10.0.0.0 Private, 10.255.255.255 Private, 11.0.0.0 Allowed",
        "100.63.255.255 Allowed, 100.64.0.0 Shared, 100.127.255.255 Shared, 100.128.0.0 Allowed",
        "100.100.100.199 Shared, 100.100.100.200 Metadata, 100.100.100.201 Shared",
        "126.255.255.255 Allowed, 127.0.0.0 Loopback, 127.255.255.255 Loopback, 128.0.0.0 Allowed",
        "168.63.129.15 Allowed, 168.63.129.16 Metadata, 168.63.129.17 Allowed",
        "169.253.255.255 Allowed, 169.254.0.0 LinkLocal, 169.254.255.255 LinkLocal, 169.255.0.0 Allowed",
        "169.254.169.253 LinkLocal, 169.254.169.254 Metadata, 169.254.169.255 LinkLocal, 169.254.170.2 Metadata",
        "172.15.255.255 Allowed, 172.16.0.0 Private, 172.31.255.255 Private, 172.32.0.0 Allowed",
        "191.255.255.255 Allowed, 192.0.0.0 Reserved, 192.0.0.255 Reserved, 192.0.1.0 Allowed",
        "192.0.0.192 Metadata",
        "192.0.1.255 Allowed, 192.0.2.0 Documentation, 192.0.2.255 Documentation, 192.0.3.0 Allowed",
        "192.88.98.255 Allowed, 192.88.99.0 Reserved, 192.88.99.255 Reserved, 192.88.100.0 Allowed",
        "192.167.255.255 Allowed, 192.168.0.0 Private, 192.168.255.255 Private, 192.169.0.0 Allowed",
        "198.17.255.255 Allowed, 198.18.0.0 Benchmarking, 198.19.255.255 Benchmarking, 198.20.0.0 Allowed",
        "198.51.99.255 Allowed, 198.51.100.0 Documentation, 198.51.100.255 Documentation, 198.51.101.0 Allowed",
        "203.0.112.255 Allowed, 203.0.113.0 Documentation, 203.0.113.255 Documentation, 203.0.114.0 Allowed",
        "223.255.255.255 Allowed, 224.0.0.0 Multicast, 239.255.255.255 Multicast, 240.0.0.0 Reserved",
        "255.255.255.254 Reserved, 255.255.255.255 Broadcast",
        ":: Unspecified, ::1 Loopback, ::2 Unspecified",
        "::ffff:ffff:ffff Broadcast, ::1:0:0:0 Reserved",
        "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff Reserved, 64:ff9b::a00:0 Private, 64:ff9b::808:808 Allowed",
        "64:ff9b::1:0:0 Reserved, 64:ff9b:1:: Private",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff Private, 64:ff9b:2:: Reserved",
        "100:: Reserved, 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Reserved, 2000:: Allowed",
        "2001:0:ffff:ffff:ffff:ffff:0:0 Broadcast, 2001:1:: Allowed, 2001:1:ffff:ffff:ffff:ffff:ffff:ffff Allowed",
        "2001:2:: Benchmarking, 2001:2:0:ffff:ffff:ffff:ffff:ffff Benchmarking, 2001:2:1:: Allowed",
        "2001:f:ffff:ffff:ffff:ffff:ffff:ffff Allowed, 2001:10:: Reserved",
        "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff Reserved, 2001:30:: Allowed",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff Allowed, 2001:db8:: Documentation",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff Documentation, 2001:db9:: Allowed",
        "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff Allowed, 2002:808:808:: Allowed, 2003:: Allowed",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff Allowed, 3fff:: Documentation",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff Documentation, 3fff:1000:: Allowed",
        "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Allowed, 4000:: Reserved, 5f00:: Reserved",
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Reserved, fc00:: Private",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Private, fe00:: Reserved",
        "fd00:ec2::253 Private, fd00:ec2::254 Metadata, fd00:ec2::255 Private, fd20:ce::254 Metadata",
        "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff Reserved, fe80:: LinkLocal, fe80::1%1 LinkLocal",
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff LinkLocal, fec0:: Private",
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Private, ff00:: Multicast",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff Multicast",
        "1.1.1.1 Allowed, 8.8.8.8 Allowed, 2606:4700::1111 Allowed, 2a00:1450::1 Allowed");

    // Every form in which an IPv6 address holds 10.0.0.1, 169.254.169.254, and 8.8.8.8.
    public static TheoryData<string> Embedded => new(
        "::ffff:10.0.0.1 Private, ::ffff:169.254.169.254 Metadata, ::ffff:8.8.8.8 Allowed",
        "::10.0.0.1 Private, ::169.254.169.254 Metadata, ::8.8.8.8 Allowed, ::ffff:127.0.0.1 Loopback",
        "64:ff9b::10.0.0.1 Private, 64:ff9b::169.254.169.254 Metadata, 64:ff9b::8.8.8.8 Allowed",
        "2002:a00:1::1 Private, 2002:a9fe:a9fe::1 Metadata, 2002:808:808::1 Allowed, 2002:7f00:1:: Loopback",
        // Teredo: the server in the second 32 bits, the client inverted in the last.
        "2001:0:a00:1::f7f7:f7f7 Private, 2001:0:808:808::f7f7:f7f7 Allowed, 2001:0:808:808::f5ff:fffe Private",
        "2001:0:808:808::5601:5601 Metadata",
        "2a00::5efe:10.0.0.1 Private, 2a00::200:5efe:10.0.0.1 Private, 2a00::5efe:8.8.8.8 Allowed",
        "2a00::1:5efe:10.0.0.1 Allowed, 2002:808:808::5efe:10.0.0.1 Private");

    [Theory]
    [MemberData(nameof(Edges))]
    [MemberData(nameof(Embedded))]
    public void Each_range_ends_where_it_ends(string edges)
    {
        foreach (var edge in edges.Split(", "))
        {
            var (text, verdict) = edge.Split(' ') is [var t, var v] ? (t, v) : throw new InvalidDataException(edge);
            Assert.Equal($"{text} {verdict}", $"{text} {s_strict.Judge(IPAddress.Parse(text), 443)}");
        }
    }

    [Fact]
    public void Allow_private_lifts_what_a_lab_needs_and_no_more()
    {
        string[] lifted =
            ["127.0.0.1", "10.1.2.3", "100.64.0.1", "169.254.1.1", "192.0.2.1", "198.18.0.1", "::1", "fd00::1"];
        string[] kept =
            ["0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "ff02::1"];
        Assert.All(lifted, t => Assert.Equal(ExitVerdict.Allowed, s_lab.Judge(IPAddress.Parse(t), 443)));
        Assert.All(kept, t => Assert.NotEqual(ExitVerdict.Allowed, s_lab.Judge(IPAddress.Parse(t), 443)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_nodes_own_listeners_are_refused_even_in_a_lab(bool lab)
    {
        var own = IPAddress.Parse("8.8.4.4");
        var policy = new ExitPolicy(
            lab,
            [own],
            [new IPEndPoint(IPAddress.IPv6Any, 443), new IPEndPoint(IPAddress.Parse("9.9.9.9"), 8443)]);
        Assert.Equal(ExitVerdict.OwnListener, policy.Judge(own, 443));
        Assert.Equal(ExitVerdict.OwnListener, policy.Judge(own.MapToIPv6(), 443));
        Assert.Equal(ExitVerdict.OwnListener, policy.Judge(IPAddress.Loopback, 443));
        Assert.Equal(ExitVerdict.OwnListener, policy.Judge(IPAddress.IPv6Loopback, 443));
        Assert.Equal(ExitVerdict.OwnListener, policy.Judge(IPAddress.Parse("9.9.9.9"), 8443));
        Assert.Equal(ExitVerdict.Allowed, policy.Judge(IPAddress.Parse("9.9.9.9"), 443));
        Assert.Equal(lab ? ExitVerdict.Allowed : ExitVerdict.OwnAddress, policy.Judge(own, 80));
        Assert.Equal(lab ? ExitVerdict.Allowed : ExitVerdict.Loopback, policy.Judge(IPAddress.Loopback, 80));
    }

    [Fact]
    public void A_connection_to_oneself_is_known_by_its_ends()
    {
        var remote = new IPEndPoint(IPAddress.Parse("8.8.4.4"), 80);
        var itself = new IPEndPoint(IPAddress.Parse("::ffff:8.8.4.4"), 50_000);
        var other = new IPEndPoint(IPAddress.Parse("1.1.1.1"), 50_000);
        Assert.Equal(ExitVerdict.OwnAddress, s_strict.JudgeConnected(itself, remote));
        Assert.Equal(ExitVerdict.Allowed, s_strict.JudgeConnected(other, remote));
        Assert.Equal(ExitVerdict.Allowed, s_lab.JudgeConnected(itself, remote));
        Assert.Equal(
            ExitVerdict.Private,
            s_strict.JudgeConnected(other, new IPEndPoint(IPAddress.Parse("10.0.0.1"), 80)));
    }

    [Fact]
    public void The_machines_addresses_are_read() =>
        Assert.Contains(IPAddress.Loopback, ExitPolicy.ReadOwnAddresses());
}
