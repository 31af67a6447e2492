using System.Net;
using System.Net.Sockets;
using Karez.Contracts;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;
using Karez.Tests;

namespace Karez.Server.Tests.Datagrams;

public class MuxFlowTests
{
    private const ulong GlobalId = 0x1122334455667788;

    [Fact]
    public async Task A_session_is_taken_over_by_its_id_wherever_the_new_stream_lands()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        for (var visit = 0; visit < 12; visit++)
        {
            // Node and client hand connections to their loops in turn, so takers and holders meet on every pair.
            var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
            await EchoAsync(stream, new OneXudp(GlobalId), echo, (byte)visit);
            if (visit % 3 == 0)
                await stream.CutAsync();
            if (visit % 3 == 1)
                await stream.DisposeAsync();
        }

        Assert.Single(echo.Senders.Distinct());
        Assert.Equal(1, bed.Node.Sockets.Count);
    }

    [Fact]
    public async Task A_stream_whose_session_was_taken_over_is_told_and_ends()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        await using var old = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
        var machine = new OneXudp(GlobalId);
        await EchoAsync(old, machine, echo, 1);
        await using var taker = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
        await EchoAsync(taker, new OneXudp(GlobalId), echo, 2);
        var rest = await old.ReceiveAsync();
        Assert.Equal(ParseStatus.Failed, machine.Feed(rest, out _, out _, out _));
        Assert.True(machine.IsEnded);
        Assert.Empty(await old.ReceiveAsync());
    }

    [Fact]
    public async Task Another_persons_id_does_not_attach()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var client = bed.Connect(bed.Other);
        await using var echo = new UdpEcho();
        await using (var mine = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux))
            await EchoAsync(mine, new OneXudp(GlobalId), echo, 1);
        await using (var theirs = await RawStream.OpenAsync(client, VlessCommand.Mux))
            await EchoAsync(theirs, new OneXudp(GlobalId), echo, 2);
        await using (var again = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux))
            await EchoAsync(again, new OneXudp(GlobalId), echo, 3);
        var senders = echo.Senders.ToArray();
        Assert.NotEqual(senders[0], senders[1]);
        Assert.Equal(senders[0], senders[2]);
        Assert.Equal(2, bed.Node.Sockets.Count);
    }

    [Fact]
    public async Task A_waiting_socket_of_a_revoked_person_is_closed_within_a_second()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        await using (var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux))
            await EchoAsync(stream, new OneXudp(GlobalId), echo, 1);
        await AssociationTests.Until(() => bed.Node.Membership.Members.All(m => m.Flows == 0), 5);
        Assert.Equal(1, bed.Node.Sockets.Count);
        Assert.True(IsBound(echo.Senders.First().Port));
        bed.Node.Reload(new Roster([bed.Other]));
        await AssociationTests.Until(() => !IsBound(echo.Senders.First().Port), 1);
        Assert.Equal(0, bed.Node.Sockets.Count);
    }

    [Fact]
    public async Task Sessions_without_an_id_leave_no_socket()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var echo = new UdpEcho();
        await using (var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux))
            await EchoAsync(stream, new OneXudp(0), echo, 1);
        await AssociationTests.Until(() => !IsBound(echo.Senders.First().Port), 5);
        Assert.Equal(0, bed.Node.Sockets.Count);
    }

    [Fact]
    public async Task Tcp_and_udp_sessions_share_a_stream_without_flow()
    {
        await using var bed = await ChannelBed.StartAsync(vision: false);
        await using var origin = new TestSite((byte)'o', null);
        await using var echo = new UdpEcho();
        await using var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
        var talk = new MuxTalk(stream);
        var pages = new Dictionary<ushort, int>();
        for (var i = 0; i < 4; i++)
        {
            var page = origin.Page(100_000 * (i + 1));
            var session = await talk.OpenAsync(
                MuxNetwork.Tcp,
                new IPEndPoint(IPAddress.Loopback, page.Port),
                System.Text.Encoding.ASCII.GetBytes(
                    $"GET {page.PathAndQuery} HTTP/1.1\r\nHost: o\r\n\r\n\r\n")); // an empty line ends the visit
            pages[session] = 100_000 * (i + 1);
        }

        var datagrams = await talk.OpenAsync(MuxNetwork.Udp, echo.EndPoint, "beside"u8.ToArray());
        await talk.ReceiveUntilAsync(() => pages.Keys.All(talk.Closed.ContainsKey) && talk.Data.ContainsKey(datagrams));
        Assert.All(pages, p => Assert.Equal(p.Value, BodyLength(talk.Data[p.Key])));
        Assert.Equal("beside"u8.ToArray(), talk.Data[datagrams]);

        // Nobody listens there: the session ends with an error, the others go on.
        var refused = await talk.OpenAsync(MuxNetwork.Tcp, new IPEndPoint(IPAddress.Loopback, 1), "x"u8.ToArray());
        await talk.ReceiveUntilAsync(() => talk.Closed.ContainsKey(refused));
        Assert.True(talk.Closed[refused]);
    }

    [Fact]
    public async Task A_tcp_session_where_only_datagrams_are_allowed_gets_silence()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        await using var origin = new TestSite((byte)'o', null);
        await using var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Mux);
        var talk = new MuxTalk(stream);
        await talk.OpenAsync(MuxNetwork.Tcp, new IPEndPoint(IPAddress.Loopback, origin.Port), "x"u8.ToArray());
        var answer = stream.ReceiveAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Plain_datagrams_go_to_one_destination_and_come_back()
    {
        await using var bed = await ChannelBed.StartAsync(vision: false);
        await using var echo = new UdpEcho();
        await using var other = new UdpEcho();
        Assert.True(Destination.TryFromHost("localhost", echo.EndPoint.Port, out var to));
        await using var stream = await RawStream.OpenAsync(bed.Client, VlessCommand.Udp, to);
        await stream.SendAsync(new byte[] { 0, 3, 1, 2, 3, 0, 0, 0, 1, 9 });
        Assert.Equal(new byte[] { 0, 3, 1, 2, 3 }, (await stream.ReceiveAsync())[..5]);
        other.Send("unasked"u8, new IPEndPoint(IPAddress.Loopback, echo.Senders.First().Port));
        await Task.Delay(300);
        await stream.SendAsync(new byte[] { 0, 1, 7 });
        var rest = new List<byte>();
        while (!rest.TakeLast(3).SequenceEqual(new byte[] { 0, 1, 7 }))
            rest.AddRange(await stream.ReceiveAsync());
        Assert.DoesNotContain((byte)'u', rest);
    }

    private static int BodyLength(byte[] answer) => answer.Length - answer.AsSpan().IndexOf("\r\n\r\n"u8) - 4;

    private static bool IsBound(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.DualMode = true;
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task EchoAsync(RawStream stream, OneXudp machine, UdpEcho echo, byte payload)
    {
        Assert.True(Destination.TryFromAddress(echo.EndPoint.Address, echo.EndPoint.Port, out var to));
        var frame = new byte[MuxWire.MaxHeader + 1];
        var header = machine.WriteHeader(to, 1, frame);
        frame[header] = payload;
        await stream.SendAsync(frame.AsMemory(0, header + 1));
        while (true)
        {
            var octets = await stream.ReceiveAsync();
            Assert.NotEmpty(octets);
            if (TryTake(machine, octets, out var source, out var answer))
            {
                Assert.Equal(to, source);
                Assert.Equal(new[] { payload }, answer);
                return;
            }
        }
    }

    private static bool TryTake(OneXudp machine, byte[] octets, out Destination source, out byte[] answer)
    {
        var status = machine.Feed(octets, out _, out source, out var payload);
        answer = payload.ToArray();
        Assert.NotEqual(ParseStatus.Failed, status);
        return status == ParseStatus.Done;
    }
}
