using static Karez.Lab.Detectors.ConstantTag;

namespace Karez.Lab.Detectors;

/// <summary>
/// Every number that a detector judges by, with its source. Only this file is to be changed to tune one.
/// </summary>
public static partial class Constants
{
    private const string Fet = "USENIX Security 2023, gfw-report/usenixsecurity23-artifact utils/detect.py";
    private const string Xue22 = "Xue et al., USENIX Security 2022";
    private const string Ndpi = "nDPI src/lib/protocols/tls.c (commit 3b1286ab0)";
    private const string TrojanKiller = "XTLS/Trojan-killer (2023)";
    private const string OpenGfw = "OpenGFW analyzer/tcp/trojan.go";
    private const string QuicSni = "USENIX Security 2025, gfw-report/usenixsecurity25-quic-sni";
    private const string Henan = "S&P 2025, a wall behind a wall";
    private const string Lab = "assumed for this lab";

    /// <summary>T01: names of resolvers that speak DNS over HTTPS.</summary>
    public static Constant<string[]> DohNames { get; } = new(
        ["dns.google", "cloudflare-dns.com", "mozilla.cloudflare-dns.com", "dns.quad9.net", "doh.opendns.com",
            "dns.alidns.com", "doh.pub", "dns.adguard-dns.com"],
        FromMemory, "the operators' own pages");

    /// <summary>T03: how long the pair of addresses and port stays blocked after a reset; seconds.</summary>
    public static Constant<int> SniResidual { get; } = new(180, Published, Henan);

    /// <summary>T03: latency of forged resets, shortest, mean and longest; milliseconds.</summary>
    public static Constant<(double Least, double Mean, double Most)> SniLatency { get; } =
        new((11.5, 18, 445), Published, Henan);

    /// <summary>T04: the TCP header's length with which it looks; octets.</summary>
    public static Constant<int> HenanHeader { get; } = new(20, Published, Henan);

    /// <summary>T04: what its resets carry.</summary>
    public static Constant<byte[]> HenanPayload { get; } = new([1, 2, 3, 4, 5, 6, 7, 8, 9, 0], Published, Henan);

    /// <summary>T04: mean latency of its resets; milliseconds.</summary>
    public static Constant<double> HenanLatency { get; } = new(2.8, Published, Henan);

    /// <summary>T06: how long a 4-tuple is remembered after its last packet; seconds.</summary>
    public static Constant<int> QuicMemory { get; } = new(60, Published, QuicSni);

    /// <summary>T06: how long packets to the address and port are dropped; seconds.</summary>
    public static Constant<int> QuicResidual { get; } = new(180, Published, QuicSni);

    /// <summary>T06: median time until the block holds; milliseconds.</summary>
    public static Constant<double> QuicLatency { get; } = new(110, Published, QuicSni);

    /// <summary>T06: the share of triggers that lead to a block, by hour; from published data.</summary>
    public static Constant<(int Hour, double Share)[]> QuicShare { get; } =
        new([(4, 0.68), (12, 0.20), (18, 0.07)], Published, QuicSni + ", Beijing");

    /// <summary>T01: latency of forged answers, least and most; milliseconds.</summary>
    public static Constant<(double Least, double Most)> DnsLatency { get; } = new((0.5, 5), Assumed, Lab);

    /// <summary>T01: how many injectors answer, the last of which mirrors the question's time to live.</summary>
    public static Constant<int> DnsInjectors { get; } = new(3, Published, "gfw.report foci20_dns");

    /// <summary>T03: the resets of the three injectors, and of the provincial wall.</summary>
    public static Constant<ResetShape[]> Resets { get; } = new(
        [
            new("I", 1, false, 0x0000, 0x0000, false, 64),
            new("II", 3, true, 0x00A3, 0xFE5F, true, 64),
            new("III", 1, true, 0x9916, 0x9933, false, 248),
            new("Henan", 1, true, 0x0001, 0x0001, false, 58),
        ],
        Published, Henan);

    /// <summary>T07: what is blocked.</summary>
    public static Constant<string> PortThenAddress { get; } =
        new("the port, and the address if the user only moves the port", Published, "bbs#129, bbs#69");

    /// <summary>T08: the port of the event of 2025-08-20, and the resets a packet drew.</summary>
    public static Constant<(ushort Port, int Resets)> Port443 { get; } = new((443, 3), Published, "bbs#511");

    /// <summary>T09, Ex1: mean set bits an octet between which a payload is not exempt.</summary>
    public static Constant<(double Low, double High)> FetBits { get; } = new((3.4, 4.6), Published, Fet);

    /// <summary>T09, Ex2: so many printable octets at the start are exempt.</summary>
    public static Constant<int> FetFirst { get; } = new(6, Published, Fet);

    /// <summary>T09, Ex3: more than this share of printable octets is exempt.</summary>
    public static Constant<double> FetShare { get; } = new(0.5, Published, Fet);

    /// <summary>T09, Ex4: a longer run of printable octets is exempt.</summary>
    public static Constant<int> FetRun { get; } = new(20, Published, Fet);

    /// <summary>T09, Ex5: the third octet up to which 16 03 and 17 03 pass for TLS (the paper says 9).</summary>
    public static Constant<byte> FetTlsMinor { get; } = new(15, Published, Fet);

    /// <summary>T09: share of matching connections that were blocked, and for how long; seconds.</summary>
    public static Constant<(double Share, int Seconds)> FetBlock { get; } = new((0.26, 180), FromMemory, Fet);

    /// <summary>T12: packets looked at, and how many different opcodes a flow has.</summary>
    public static Constant<(int Packets, int Least, int Most)> OpenVpnOpcodes { get; } =
        new((100, 4, 10), FromMemory, Xue22);

    /// <summary>T12: packets before a flow is judged at its end.</summary>
    public static Constant<int> OpenVpnEnough { get; } = new(20, Assumed, Lab);

    /// <summary>
    /// T12: packets of the acknowledgment's size in the first, second, third to fifth, and later tens.
    /// </summary>
    public static Constant<((int, int) First, (int, int) Second, int Third, int Later)> OpenVpnAcks { get; } =
        new(((1, 3), (2, 5), 5, 1), FromMemory, Xue22);

    /// <summary>T13: lengths of WireGuard's initiation and response; octets.</summary>
    public static Constant<(int Initiation, int Response)> WireGuard { get; } =
        new((148, 92), Published, "nDPI src/lib/protocols/wireguard.c");

    /// <summary>T15: the three models: mean of four bursts, inverse covariance, threshold, least first burst.</summary>
    public static Constant<BurstModel[]> NdpiModels { get; } = new(BurstModel.Published, Published, Ndpi);

    /// <summary>T15: overhead taken off each packet, packets looked at, packets in the first burst.</summary>
    public static Constant<(int Overhead, int Packets, int First)> NdpiLimits { get; } =
        new((24, 25, 3), Published, Ndpi);

    /// <summary>T15: octets up, and down, after the client's ChangeCipherSpec.</summary>
    public static Constant<((int, int) Up, (int, int) Short, (int, int) Long)> TrojanSums { get; } =
        new(((650, 750), (170, 180), (3000, 7500)), Published, TrojanKiller);

    /// <summary>T15: the tree over four bursts; self-declared 1 % false alarms.</summary>
    public static Constant<BurstTree> TrojanTree { get; } = new(BurstTree.Published, Published, OpenGfw);

    /// <summary>T15: so many client packets of at least so many octets, the server's between them.</summary>
    public static Constant<(int Packets, int Octets)> Russia411 { get; } = new((3, 411), Published, "bbs#363, in part");

    /// <summary>T15: among how many data packets of a flow the 411-octet rule looks.</summary>
    public static Constant<int> Russia411Window { get; } = new(25, Assumed, Lab);

    /// <summary>
    /// T16: exchanges needed; how much longer quick answers take than TCP's round trip, ms and factor.
    /// </summary>
    public static Constant<(int Exchanges, double Milliseconds, double Factor)> CrossLayer { get; } =
        new((4, 15, 1.3), Assumed, "after Xue et al., NDSS 2025; thresholds assumed");

    /// <summary>T16: shorter bursts are no answers (control frames that cross requests); octets.</summary>
    public static Constant<int> LeastAnswer { get; } = new(100, Assumed, Lab);

    /// <summary>T17: the percentile of request-response pairs that a flow exceeds.</summary>
    public static Constant<double> MuxPercentile { get; } = new(0.97, Published, "bbs#528, quoting NDSS 2025");

    /// <summary>T17: what that percentile is where no flows of a browser are at hand; pairs.</summary>
    public static Constant<int> MuxPairs { get; } = new(60, Assumed, Lab);

    /// <summary>T18: fingerprints of current browsers: Chromium 156 first and returning, Firefox 153 ESR.</summary>
    public static Constant<string[]> BrowserJa4 { get; } = new(
        ["t13d1517h2_8daaf6152771_cb7bf5808d99", "t13d1518h2_8daaf6152771_e2d80978ab2e"],
        Assumed, "captured from Debian's browsers; method FoxIO technical_details/JA4.md");

    /// <summary>
    /// T18: connections to one server of which none resumes, or all list their extensions in one order.
    /// </summary>
    public static Constant<int> HelloRepeats { get; } = new(6, Assumed, "observation utls#373; number assumed");

    /// <summary>T19: simultaneous connections of one client, address and fingerprint.</summary>
    public static Constant<int> Parallel { get; } = new(12, Published, "Xray#5332, users' reports");

    /// <summary>T19: within this span; seconds.</summary>
    public static Constant<int> ParallelWindow { get; } = new(60, Assumed, Lab);

    /// <summary>T20: octets from a foreign hosting server after which nothing more comes.</summary>
    public static Constant<(int Least, int Most)> Freeze { get; } = new((15_000, 20_000), Published, "bbs#490");

    /// <summary>T21: how old a DNS answer may be that explains a connection; seconds.</summary>
    public static Constant<int> DnsAge { get; } = new(3600, Assumed, Lab);

    /// <summary>T21: the rule of the AS set.</summary>
    public static Constant<string> AsnRule { get; } =
        new("AS of the address not among those of the name", Published, "Xray#2230");

    /// <summary>T22: the record lengths of a client's and a server's Finished.</summary>
    public static Constant<int[]> Finished { get; } = new([58, 74], Published, "ban6cat6/aparecium, bbs#481");

    /// <summary>T24: the flow risks that are looked at.</summary>
    public static Constant<string[]> ShapeRisks { get; } = new(
        ["missing name", "numeric name", "uncommon protocol name", "periodic flow"], Published, "nDPI flow_risks");

    /// <summary>T24: pauses that count, and how little they vary (deviation over mean) in a periodic flow.</summary>
    public static Constant<(int Pauses, double Seconds, double Variation)> Periodic { get; } =
        new((6, 5, 0.05), Assumed, Lab);

    /// <summary>T24: a WebSocket's first exchange: octets up and down at most.</summary>
    public static Constant<(int Up, int Down)> WebSocket { get; } = new((1000, 400), Assumed, Lab);

    /// <summary>T25: foreign octets a day, share of the first destination, hours active there.</summary>
    public static Constant<(long Octets, double Share, int Hours)> Concentration { get; } =
        new((200_000_000, 0.6, 16), Assumed, Lab);

    /// <summary>T25: a long flow: hours and octets.</summary>
    public static Constant<(double Hours, long Octets)> LongFlow { get; } = new((2, 50_000_000), Assumed, Lab);

    /// <summary>T26: hits at one host, and the chance of as many false alarms below which it is one.</summary>
    public static Constant<(int Hits, double Chance)> HostHits { get; } =
        new((3, 1e-6), Assumed, "after Wails et al., NDSS 2024; numbers assumed");

    /// <summary>T26: the rate of false alarms that the censor takes its weak rules to have.</summary>
    public static Constant<double> WeakRate { get; } = new(0.01, Published, OpenGfw);

    /// <summary>T27: distinct servers to which an address that serves clients is a client itself.</summary>
    public static Constant<int> DualRole { get; } =
        new(3, Assumed, "after Almutairi et al., FOCI 2026; number assumed");

    /// <summary>T28: distinct foreign ends without name, within minutes, and minutes of blackout.</summary>
    public static Constant<(int Ends, int Minutes, int Blackout)> FanOut { get; } =
        new((100, 10, 30), Assumed, "effect bbs#583; numbers assumed");

    /// <summary>T31: names of messengers, a dot for a suffix.</summary>
    public static Constant<string[]> MessengerNames { get; } = new(
        [".whatsapp.net", "web.whatsapp.com", "web.telegram.org", "chat.signal.org", "storage.signal.org",
            "cdsi.signal.org", "sfu.voip.signal.org", "uptime.signal.org"],
        Published, "ooni/probe-cli");

    /// <summary>T31: addresses of Telegram's data centres.</summary>
    public static Constant<string[]> MessengerAddresses { get; } = new(
        ["149.154.175.50", "149.154.167.51", "149.154.175.100", "149.154.167.91", "149.154.171.5", "95.161.76.100"],
        Published, "ooni/probe-cli");

    /// <summary>T31: how WhatsApp's streams begin.</summary>
    public static Constant<byte[][]> MessengerBytes { get; } = new(
        [[0x57, 0x41, 1, 5], [0x45, 0x44, 0, 1, 0, 0, 4, 8], [0x45, 0x44, 0, 1, 0, 0, 2, 8]],
        Published, "nDPI src/lib/protocols/whatsapp.c");
}
