using Karez.Lab.Detectors;
using Karez.Observe;
using Karez.Observe.Packets;

namespace Karez.Lab.Tests.Detectors;

/// <summary>
/// Detectors over captures of the real tools and the real browser (Captures/make.sh made them): each finds the tool,
/// keeps quiet about the browser, and misses a tool that does the one thing otherwise.
/// </summary>
public class CaptureTests
{
    private static readonly string[] s_browser = ["chromium", "chromium-again", "chromium-quic"];

    /// <summary>Detectors that judge a tool's shape: none may speak about the browser's direct visits.</summary>
    private static readonly string[] s_tunnels =
    [
        "t09-fet", "t12-openvpn", "t13-wireguard", "t15-ndpi", "t15-trojan-killer", "t15-411", "t15-tree", "t16-rtt",
        "t17-mux", "t18-ja4", "t18-order", "t18-psk", "t19-parallel", "t24-shape", "t25-concentration", "t26-host",
        "t27-dual-role", "t28-fan-out", "t31-messenger", "t21-dns-join",
    ];

    [Theory]
    [InlineData("openvpn-udp", "t12-openvpn")]
    [InlineData("openvpn-tcp", "t12-openvpn")]
    [InlineData("wireguard", "t13-wireguard")]
    [InlineData("shadowsocks", "t09-fet")]
    [InlineData("vmess", "t09-fet")]
    [InlineData("trojan", "t15-ndpi")]
    [InlineData("trojan-far", "t16-rtt")]
    [InlineData("trojan", "t18-ja4")]
    [InlineData("curl", "t18-ja4")]
    [InlineData("vless", "t18-ja4")]
    [InlineData("vless", "t19-parallel")]
    [InlineData("vless", "t18-psk")]
    [InlineData("vmess-ws", "t24-shape")]
    [InlineData("messenger", "t31-messenger")]
    public void The_tool_is_found(string capture, string detector) =>
        Assert.Contains(detector, Bench.Hits(Bench.Read(capture)));

    [Fact]
    public void The_browser_is_not_taken_for_a_tool()
    {
        var around = Bench.Known();
        foreach (var hello in s_browser.SelectMany(capture => HellosOf(Bench.Read(capture))))
            around.BrowserJa4.Add(Ja4.Of(hello));
        Assert.All(s_browser, capture => Assert.DoesNotContain(
            Bench.Run(Bench.Read(capture), around).Evidence,
            found => s_tunnels.Contains(found.Detector.Name)));
    }

    [Theory]
    [InlineData("openvpn-udp")]
    [InlineData("openvpn-tcp")]
    public void OpenVpn_that_used_a_reset_opcode_again_would_pass(string capture)
    {
        var packets = Bench.Read(capture);
        var data = packets.Where(p => !p.Payload.IsEmpty).ToList();
        var at = data[0].IsTcp ? 2 : 0;
        var again = data[12].Payload.ToArray();
        again[at] = data[0].Payload.Span[at];
        Assert.DoesNotContain("t12-openvpn", Bench.Hits(
            packets.Select(p => p == data[12] ? p with { Payload = again } : p)));
    }

    [Fact]
    public void WireGuard_whose_answer_names_another_sender_would_pass() => Assert.DoesNotContain(
        "t13-wireguard", Bench.Hits(Bench.Read("wireguard").Select(p => Change(p, 8, p.PayloadLength == 92))));

    [Fact]
    public void Shadowsocks_that_began_as_tls_does_would_pass()
    {
        var packets = Bench.Read("shadowsocks").Select(p =>
            p.Payload.Length > 3 ? p with { Payload = (byte[])[0x16, 3, 1, .. p.Payload.Span[3..]] } : p);
        Assert.DoesNotContain("t09-fet", Bench.Hits(packets));
    }

    [Fact]
    public void A_messenger_under_another_name_would_pass() => Assert.DoesNotContain(
        "t31-messenger",
        Bench.Hits(Bench.Read("messenger").Select(p =>
        {
            var at = p.Payload.Span.IndexOf("signal"u8);
            return at < 0 ? p : Change(p, at, true);
        })));

    [Fact]
    public void A_blocked_name_is_found_in_the_question_and_in_the_hello()
    {
        var hits = Bench.Hits(Bench.Read("chromium"), Bench.Known("www.example.test"));
        Assert.Contains("t01-dns", hits);
        Assert.Contains("t03-sni", hits);
        // The browser's hello has two segments, and options: the provincial wall does not see it.
        Assert.DoesNotContain("t04-henan", hits);
        Assert.DoesNotContain("t03-sni", Bench.Hits(Bench.Read("chromium"), Bench.Known("other.example.test")));
    }

    [Fact]
    public void The_browsers_quic_initial_opens_and_mixed_frames_pass_the_filter_as_published()
    {
        var initials = Bench.Run(Bench.Read("chromium-quic"), Bench.Known("www.example.test"));
        Assert.Contains(initials.Records, record => record.QuicVersion == 1);
        Assert.DoesNotContain(initials.Evidence, found => found.Detector.Name == "t06-quic-sni");
    }

    [Fact]
    public void The_browser_resumes_on_its_returns()
    {
        var again = Bench.Read("chromium-again");
        Assert.Contains(HellosOf(again), hello => hello.TryGetExtension(41, out _));
    }

    private static List<HelloFields> HellosOf(IEnumerable<Packet> packets)
    {
        var hellos = new List<HelloFields>();
        var watch = new Watch([], Bench.Known())
        {
            OnEnd = flow =>
            {
                if (flow.Tls?.Hello is { } hello)
                    hellos.Add(hello);
            },
        };
        foreach (var packet in packets)
            watch.Feed(packet);
        watch.Finish();
        return hellos;
    }

    private static Packet Change(Packet packet, int at, bool really)
    {
        if (!really || packet.Payload.Length <= at)
            return packet;
        var octets = packet.Payload.ToArray();
        octets[at] ^= 1;
        return packet with { Payload = octets };
    }
}
