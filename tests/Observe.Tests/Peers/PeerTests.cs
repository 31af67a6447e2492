using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Karez.Observe.Captures;
using Karez.Observe.Datagrams;
using Karez.Observe.Flows;
using Karez.Observe.Packets;

namespace Karez.Observe.Tests.Peers;

/// <summary>Our parsers against tshark's and ndpiReader's fields on the same captures of real programs.</summary>
public partial class PeerTests
{
    public static TheoryData<string> Captures => [.. Directory.GetFiles(Folder(), "*.pcap")
        .Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Packets_say_what_tshark_says(string capture)
    {
        var rows = await TsharkAsync(capture, "ip",
            "ip.src", "ip.dst", "ip.ttl", "ip.id", "ip.len", "ip.proto", "tcp.srcport", "tcp.dstport", "tcp.seq_raw",
            "tcp.ack_raw", "tcp.flags", "tcp.window_size_value", "tcp.hdr_len", "tcp.len", "tcp.options.mss_val",
            "tcp.options.wscale.shift", "udp.srcport", "udp.dstport", "udp.length");
        var ours = Read(capture).Select(Fields).ToList();
        Assert.NotEmpty(ours);
        Assert.Equal(rows, ours);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Hellos_records_and_names_are_tsharks(string capture)
    {
        // Inside OpenVPN tshark finds the hello that OpenVPN carries; that is no TLS flow.
        var rows = await TsharkAsync(capture, "tcp && tls.handshake.type == 1 && !openvpn",
            "tcp.srcport", "tls.handshake.extensions_server_name", "tls.handshake.ciphersuite",
            "tls.handshake.extension.type");
        var ours = Flows(capture).Where(flow => flow.Tls?.Hello is not null).Select(flow => string.Join('\t',
            flow.Key.ClientPort.ToString(CultureInfo.InvariantCulture),
            flow.Tls!.Hello!.ServerName ?? "",
            string.Join(',', flow.Tls.Hello.CipherSuites.Select(s => $"0x{s:x4}")),
            string.Join(',', flow.Tls.Hello.Extensions.Select(e => e.Type)))).ToList();
        Assert.Equal(rows.Order(), ours.Order());
        var records = await TsharkAsync(capture, "tcp && tls.record.length && !openvpn", "tls.record.length");
        var lengths = records.SelectMany(row => row.Split(',')).Select(int.Parse).ToList();
        // tshark tells the records of each packet, we those of each flow; together they are the same.
        var seen = Flows(capture).SelectMany(flow => flow.Tls?.Records ?? []).Select(r => r.Record.Length - 5).ToList();
        Assert.Equal(lengths.Order(), seen.Order());
    }

    [Theory]
    [InlineData("chromium.pcap")]
    [InlineData("messenger.pcap")]
    public async Task Dns_answers_are_tsharks(string capture)
    {
        var rows = await TsharkAsync(capture, "dns.flags.response == 1", "dns.id", "dns.qry.name", "dns.a");
        var ours = Read(capture).Where(p => p is { IsUdp: true, SourcePort: 53 })
            .Select(p => DnsMessage.Read(p.Payload.Span)!)
            .Select(m => $"0x{m.Id:x4}\t{m.Question}\t{string.Join(',', m.Answers.Select(a => a.Address))}").ToList();
        Assert.NotEmpty(ours);
        Assert.Equal(rows, ours);
    }

    [Fact]
    public async Task The_browsers_quic_initials_open_as_tsharks()
    {
        const string Capture = "chromium-quic.pcap";
        var rows = await TsharkAsync(
            Capture, "quic.long.packet_type == 0 && quic.crypto.offset", "udp.srcport", "quic.version",
            "quic.crypto.offset");
        var initials = Flows(Capture).Where(flow => flow.Quic is { Opened: true }).ToList();
        Assert.NotEmpty(initials);
        Assert.All(initials, flow =>
        {
            var offsets = string.Join(',', flow.Quic!.Frames.Where(f => f.Type == 6).Select(f => f.Offset));
            Assert.Contains($"{flow.Key.ClientPort}\t0x{flow.Quic.Version:x8}\t{offsets}", rows);
        });
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Flows_are_ndpi_readers(string capture)
    {
        Assert.SkipWhen(Find("ndpiReader") is null, "ndpiReader is missing: apt-get install -y libndpi-bin");
        var printed = await RunAsync("ndpiReader", "-i", Path.Combine(Folder(), capture), "-v", "2");
        var theirs = NdpiFlow().Matches(printed).Select(m => string.Join(' ',
            m.Groups[1].Value.ToLowerInvariant(),
            string.Join(' ', new[] { (m.Groups[2].Value, m.Groups[4].Value), (m.Groups[3].Value, m.Groups[5].Value) }
                .Order().Select(end => $"{end.Item1}={end.Item2}")))).Order().ToList();
        var ours = Flows(capture).Select(flow => string.Join(' ',
            flow.Key.Protocol == Packet.Tcp ? "tcp" : "udp",
            string.Join(' ', new[]
            {
                ($"{flow.Key.Client}:{flow.Key.ClientPort}", $"{flow.Up.Packets}"),
                ($"{flow.Key.Server}:{flow.Key.ServerPort}", $"{flow.Down.Packets}"),
            }.Order().Select(end => $"{end.Item1}={end.Item2}")))).Order().ToList();
        Assert.NotEmpty(ours);
        Assert.Equal(theirs, ours);
    }

    private static string Fields(Packet p)
    {
        var s = p.Segment;
        string?[] fields =
        [
            $"{p.Source}", $"{p.Destination}", $"{p.TimeToLive}", $"0x{p.Identification:x4}", $"{p.IpLength}", $"{p.Protocol}",
            s is null ? "" : $"{p.SourcePort}", s is null ? "" : $"{p.DestinationPort}", $"{s?.Sequence}", $"{s?.Acknowledgment}",
            s is null ? "" : $"0x{(int)s.Value.Flags:x4}", $"{s?.Window}", $"{s?.HeaderLength}",
            s is null ? "" : $"{p.PayloadLength}", s is { MaxSegment: > 0 } ? $"{s.Value.MaxSegment}" : "",
            s is { WindowScale: >= 0 } ? $"{s.Value.WindowScale}" : "",
            p.IsUdp ? $"{p.SourcePort}" : "", p.IsUdp ? $"{p.DestinationPort}" : "", p.IsUdp ? $"{p.PayloadLength + 8}" : "",
        ];
        return string.Join('\t', fields);
    }

    private static List<Packet> Read(string capture)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder(), capture)).AsMemory();
        var reader = new CaptureReader();
        var packets = new List<Packet>();
        while (reader.Read(file, out var consumed, out var frame) == CaptureStatus.Frame)
        {
            packets.Add(PacketReader.Read(frame)!);
            file = file[consumed..];
        }

        return packets;
    }

    private static List<Flow> Flows(string capture)
    {
        var table = new FlowTable();
        var flows = new List<Flow>();
        foreach (var packet in Read(capture))
            table.Feed(packet);
        table.Finish();
        while (table.TryTakeEnded(out var flow))
            flows.Add(flow);
        return flows;
    }

    private static async Task<List<string>> TsharkAsync(string capture, string filter, params string[] fields)
    {
        Assert.SkipWhen(Find("tshark") is null, "tshark is missing: apt-get install -y tshark");
        var printed = await RunAsync("tshark",
        [
            "-r", Path.Combine(Folder(), capture), "-Y", filter, "-T", "fields", "-o", "tcp.desegment_tcp_streams:TRUE",
            "-d", "tcp.port==444,tls", "-d", "tcp.port==8388,data", .. fields.SelectMany(f => (string[])["-e", f]),
        ]);
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return printed;
    }

    private static string? Find(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/bin".Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Folder([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../Lab.Tests/Captures"));

    [GeneratedRegex(@"^\t\d+\t(TCP|UDP) (\S+) <?-> (\S+) .*?\[(\d+) pkts/\d+ bytes <?-> (\d+) pkts/", RegexOptions.Multiline)]
    private static partial Regex NdpiFlow();
}
