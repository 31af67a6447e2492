using Karez.Observe.Flows;
using Karez.Observe.Packets;
using static Karez.Tests.PacketMaker;

namespace Karez.Observe.Tests.Flows;

public class FlowTableTests
{
    private const string Near = "10.0.0.1", Far = "10.0.0.2";

    [Fact]
    public void Who_sent_the_syn_is_the_client()
    {
        var table = new FlowTable();
        var step = table.Feed(At(0, Tcp(Near, 443, Far, 50000, 1, 0, Syn)))!.Value;
        Assert.Equal(NetAddress.Parse(Near), step.Flow.Key.Client);
        Assert.True(step.IsFirst && step.Flow.OpeningSeen);
        var back = table.Feed(At(1, Tcp(Far, 50000, Near, 443, 1, 2, Syn | Ack)))!.Value;
        Assert.Same(step.Flow, back.Flow);
        Assert.Equal(Direction.ServerToClient, back.Direction);
    }

    [Theory]
    [InlineData(Near, 50000, Far, 443, Near)]
    [InlineData(Far, 443, Near, 50000, Near)]
    [InlineData(Far, 5000, Near, 6000, Far)]
    public void Without_a_syn_the_client_is_guessed(string from, int port, string to, int toPort, string client)
    {
        var flow = new FlowTable().Feed(At(0, Tcp(from, port, to, toPort, 1, 1, Ack, "x"u8)))!.Value.Flow;
        Assert.Equal(NetAddress.Parse(client), flow.Key.Client);
        Assert.False(flow.OpeningSeen);
    }

    [Fact]
    public void A_syn_and_ack_alone_tells_who_the_client_is()
    {
        var flow = new FlowTable().Feed(At(0, Tcp(Near, 5000, Far, 443, 1, 1, Syn | Ack)))!.Value.Flow;
        Assert.Equal(NetAddress.Parse(Far), flow.Key.Client);
    }

    [Fact]
    public void Bursts_packets_and_round_trips_are_kept_and_repetitions_are_no_burst()
    {
        var table = new FlowTable();
        var flow = Open(table);
        table.Feed(At(30, Tcp(Near, 4000, Far, 443, 1, 101, Ack, new byte[500])));
        table.Feed(At(31, Tcp(Near, 4000, Far, 443, 501, 101, Ack, new byte[20])));
        table.Feed(At(37, Tcp(Far, 443, Near, 4000, 101, 521, Ack, new byte[1000])));
        table.Feed(At(38, Tcp(Near, 4000, Far, 443, 1, 1101, Ack, new byte[500])));
        table.Feed(At(39, Tcp(Far, 443, Near, 4000, 1101, 521, Ack, new byte[30])));
        Assert.Equal([(2, 520L), (2, 1030L)], flow.Bursts.Select(b => (b.Packets, b.Octets)));
        Assert.Equal(2, flow.BurstCount);
        Assert.Equal([500, 20, 1000, 500, 30], flow.Packets.Select(p => p.Length));
        Assert.Equal([false, false, false, true, false], flow.Packets.Select(p => p.Repeated));
        Assert.Equal(6, flow.ServerLeg.Shortest / 1_000_000);
        Assert.Equal(1, flow.ClientLeg.Shortest / 1_000_000);
        Assert.Equal((1020, 1030), (flow.Up.Payload, flow.Down.Payload));
    }

    [Fact]
    public void A_hello_in_pieces_and_out_of_order_is_read_and_records_are_seen()
    {
        var table = new FlowTable();
        var flow = Open(table);
        var hello = TestHellos.Chromium156();
        uint half = (uint)hello.Length / 2;
        table.Feed(At(30, Tcp(Near, 4000, Far, 443, 1 + half, 101, Ack, hello.AsSpan((int)half))));
        Assert.Null(flow.Tls!.Hello);
        var step = table.Feed(At(31, Tcp(Near, 4000, Far, 443, 1, 101, Ack, hello.AsSpan(0, (int)half))))!.Value;
        Assert.Equal("www.example.com", flow.Tls.Hello!.ServerName);
        Assert.Equal(hello.Length, Assert.Single(step.Records).Length);
    }

    [Fact]
    public void The_servers_flight_and_the_end_of_the_handshake_are_found()
    {
        var table = new FlowTable();
        var flow = Open(table);
        byte[] answer =
        [
            22, 3, 3, 0, 56, 2, 0, 0, 52, 3, 3, .. new byte[32], 0, 0x13, 1, 0, 0, 12,
            0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 29,
        ];
        table.Feed(At(30, Tcp(Near, 4000, Far, 443, 1, 101, Ack, TestHellos.Chromium156())));
        byte[] flight = [.. answer, .. Record(20, 1), .. Record(23, 36), .. Record(23, 3000), .. Record(23, 60)];
        table.Feed(At(31, Tcp(Far, 443, Near, 4000, 101, 1, Ack, flight)));
        var tls = flow.Tls!;
        Assert.True(tls.IsTls13);
        Assert.Equal((ushort)29, tls.Answer!.Group);
        Assert.False(tls.HandshakeDone);
        var sequence = 1u + (uint)TestHellos.Chromium156().Length;
        table.Feed(At(32, Tcp(Near, 4000, Far, 443, sequence, 1, Ack, [.. Record(20, 1), .. Record(23, 53), .. Record(23, 90)])));
        Assert.True(tls.HandshakeDone);
        Assert.Equal(95, tls.Records[tls.AfterHandshake].Record.Length);
        Assert.Equal(36 + 3000 + 60 + 15, tls.ServerFlightOctets);
        Assert.Equal(2, tls.ApplicationRecords(Direction.ClientToServer));
    }

    [Fact]
    public void The_certificate_of_tls_1_2_is_measured()
    {
        var table = new FlowTable();
        var flow = Open(table);
        byte[] messages =
        [
            2, 0, 0, 38, 3, 3, .. new byte[32], 0, 0xC0, 0x2F, 0, 11, 0, 3, 232, .. new byte[1000],
        ];
        table.Feed(At(1, Tcp(Far, 443, Near, 4000, 101, 1, Ack,
            [22, 3, 3, (byte)(messages.Length >> 8), (byte)messages.Length, .. messages])));
        Assert.Equal(1004, flow.Tls!.CertificateOctets);
        Assert.Equal(0x0303, flow.Tls.Answer!.Version);
    }

    [Fact]
    public void The_table_never_grows_beyond_its_capacity_and_the_oldest_ends()
    {
        var table = new FlowTable(100);
        for (var i = 0; i < 1000; i++)
            table.Feed(At(i, Udp(Near, 1000 + i, Far, 53, "x"u8)));
        Assert.Equal(100, table.Count);
        Assert.True(table.TryTakeEnded(out var first));
        Assert.Equal(1000, first.Key.ClientPort);
        table.Finish();
        var ended = 1;
        while (table.TryTakeEnded(out _))
            ended++;
        Assert.Equal(1000, ended);
    }

    [Fact]
    public void A_new_syn_on_the_same_ports_is_another_flow_and_silence_ends_one()
    {
        var table = new FlowTable();
        var first = table.Feed(At(0, Tcp(Near, 4000, Far, 443, 1, 0, Syn)))!.Value.Flow;
        Assert.Same(first, table.Feed(At(1, Tcp(Near, 4000, Far, 443, 1, 0, Syn)))!.Value.Flow);
        var second = table.Feed(At(2, Tcp(Near, 4000, Far, 443, 77, 0, Syn)))!.Value;
        Assert.True(second.IsFirst);
        Assert.True(table.TryTakeEnded(out var ended));
        Assert.Same(first, ended);
        table.Feed(At(3, Udp(Near, 1, Far, 2, "x"u8)));
        table.Feed(At(3 + 121_000, Tcp(Near, 4000, Far, 443, 78, 0, Ack, "x"u8)));
        Assert.True(table.TryTakeEnded(out ended));
        Assert.Equal(Packet.Udp, ended.Key.Protocol);
        Assert.Equal(1, table.Count);
    }

    private static Flow Open(FlowTable table)
    {
        var flow = table.Feed(At(0, Tcp(Near, 4000, Far, 443, 0, 0, Syn)))!.Value.Flow;
        table.Feed(At(20, Tcp(Far, 443, Near, 4000, 100, 1, Syn | Ack)));
        table.Feed(At(21, Tcp(Near, 4000, Far, 443, 1, 101, Ack)));
        return flow;
    }

    private static Packet At(long milliseconds, byte[] ip) => PacketReader.ReadIp(ip, milliseconds * 1_000_000)!;
}
