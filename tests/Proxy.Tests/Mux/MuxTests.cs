using CsCheck;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Proxy.Tests.Mux;

public class MuxTests
{
    private static readonly Gen<Destination> Destinations =
        Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[16], Gen.Int[1, 65535], Gen.Char.AlphaNumeric.Array[1, 60])
            .Select((kind, octets, port, name) =>
            {
                Destination destination;
                if (kind == 0)
                    Assert.True(Destination.TryFromHost(name, port, out destination));
                else
                    Assert.True(
                        Destination.TryFromAddress(octets.AsSpan(0, kind == 1 ? 4 : 16), port, out destination));
                return destination;
            });

    [Fact]
    public void The_published_frames_are_written_and_read()
    {
        var target = Host.At("8.8.8.8:53");
        var header = new byte[MuxWire.MaxHeader];
        var client = new OneXudp(0x1122334455667788);
        var length = client.WriteHeader(target, 4, header);
        var sent = Convert.ToHexStringLower(header.AsSpan(0, length)) + Convert.ToHexStringLower("DNSQ"u8);
        Assert.Equal("001400000101020035010808080811223344556677880004444e5351", sent);

        var server = new MuxServer(VlessMuxRule.XudpOnly);
        var (status, happened, data, _) = Feed(server, sent);
        Assert.Equal(ParseStatus.Done, status);
        Assert.Equal(new MuxEvent(MuxEventKind.Open, 0, MuxNetwork.Udp, target, 0x1122334455667788, false), happened);
        Assert.Equal("444e5351", data);

        length = server.WriteData(0, target, 4, header);
        var answer = Convert.ToHexStringLower(header.AsSpan(0, length)) + Convert.ToHexStringLower("DNSA"u8);
        Assert.Equal("000c0000020102003501080808080004444e5341", answer);
        var octets = Convert.FromHexString(answer);
        Assert.Equal(ParseStatus.Done, client.Feed(octets, out var consumed, out var source, out var payload));
        Assert.Equal((octets.Length, target), (consumed, source));
        Assert.True(payload.SequenceEqual("DNSA"u8));
    }

    [Fact]
    public void Datagrams_pass_both_ways_however_the_stream_is_cut() =>
        Gen.Select(
            Gen.Select(Destinations, Gen.Byte.Array[1, 400]).List[1, 12], Gen.Int[1, 500], Gen.ULong)
            .Sample((datagrams, piece, globalId) =>
            {
                var (client, server) = (new OneXudp(globalId), new MuxServer(VlessMuxRule.DatagramsOnly));
                var up = new List<byte>();
                var header = new byte[MuxWire.MaxHeader];
                foreach (var (target, payload) in datagrams)
                {
                    up.AddRange(header[..client.WriteHeader(target, payload.Length, header)]);
                    up.AddRange(payload);
                }

                var heard = new List<(Destination, byte[])>();
                var down = new List<byte>();
                Pieces(up.ToArray(), piece, octets =>
                {
                    var status = server.Feed(
                        octets, new byte[MuxServer.MaxOutput], out var consumed, out _, out var happened, out var data);
                    Assert.NotEqual(ParseStatus.Failed, status);
                    if (status == ParseStatus.Done)
                    {
                        Assert.Equal(heard.Count == 0 ? MuxEventKind.Open : MuxEventKind.Data, happened.Kind);
                        Assert.Equal(heard.Count == 0 ? globalId : 0, happened.GlobalId);
                        heard.Add((happened.Destination, data.ToArray()));
                        down.AddRange(header[..server.WriteData(0, happened.Destination, data.Length, header)]);
                        down.AddRange(data);
                    }

                    return consumed;
                });
                Same(heard);
                var back = new List<(Destination, byte[])>();
                Pieces(down.ToArray(), piece, octets =>
                {
                    if (client.Feed(octets, out var consumed, out var source, out var payload) == ParseStatus.Done)
                        back.Add((source, payload.ToArray()));
                    return consumed;
                });
                Same(back);

                void Same(List<(Destination, byte[])> got)
                {
                    Assert.Equal(datagrams.Select(d => d.Item1), got.Select(d => d.Item1));
                    Assert.Equal(datagrams.Select(d => d.Item2), got.Select(d => d.Item2));
                }
            });

    [Fact]
    public void Many_sessions_run_in_one_stream()
    {
        var (client, server) = (new MuxClient(), new MuxServer(VlessMuxRule.Any));
        var target = Host.At("example.com:80");
        var resolver = Host.At("9.9.9.9:53");
        Assert.True(client.TryOpen(MuxNetwork.Tcp, target, 0, out var web));
        Assert.True(client.TryOpen(MuxNetwork.Udp, resolver, 7, out var dns));
        Assert.Equal((1, 2), (web, dns));
        Assert.Equal(new MuxEvent(MuxEventKind.Open, 1, MuxNetwork.Tcp, target, 0, false), Up(web, default));
        Assert.Equal(new MuxEvent(MuxEventKind.Open, 2, MuxNetwork.Udp, resolver, 7, false), Up(dns, default));
        Assert.Equal(new MuxEvent(MuxEventKind.Data, 1, MuxNetwork.Tcp, target, 0, false), Up(web, default));
        var other = Host.At("[2001:db8::1]:99");
        Assert.Equal(new MuxEvent(MuxEventKind.Data, 2, MuxNetwork.Udp, other, 0, false), Up(dns, other));
        Assert.Equal(2, server.SessionCount);

        Assert.Equal(new MuxEvent(MuxEventKind.Data, 1, MuxNetwork.Tcp, target, 0, false), Down(web, default));
        Assert.Equal(new MuxEvent(MuxEventKind.Data, 2, MuxNetwork.Udp, other, 0, false), Down(dns, other));

        var header = new byte[MuxWire.MaxHeader];
        var end = header[..client.WriteEnd(web, withError: false, header)];
        var (_, happened, _, produced) = Feed(server, Convert.ToHexString(end));
        Assert.Equal((MuxEventKind.Close, ""), (happened.Kind, produced));
        Assert.Equal(0, server.WriteData(web, default, 1, header));
        end = header[..server.WriteEnd(dns, withError: true, header)];
        client.Feed(end, new byte[MuxClient.MaxOutput], out _, out _, out happened, out _);
        Assert.True(happened is { Kind: MuxEventKind.Close, Session: 2, WithError: true });
        Assert.Equal((0, 0), (client.SessionCount, server.SessionCount));

        MuxEvent Up(ushort session, Destination to)
        {
            var room = new byte[MuxWire.MaxHeader];
            byte[] frame = [.. room.AsSpan(0, client.WriteData(session, to, 2, room)), 1, 2];
            var (status, event_, data, _) = Feed(server, Convert.ToHexString(frame));
            Assert.Equal((ParseStatus.Done, "0102"), (status, data));
            return event_;
        }

        MuxEvent Down(ushort session, Destination from)
        {
            var room = new byte[MuxWire.MaxHeader];
            byte[] frame = [.. room.AsSpan(0, server.WriteData(session, from, 2, room)), 1, 2];
            client.Feed(frame, new byte[MuxClient.MaxOutput], out _, out _, out var event_, out var data);
            Assert.True(data.SequenceEqual((byte[])[1, 2]));
            return event_;
        }
    }

    [Theory]
    [InlineData(VlessMuxRule.Any, "000c0001010101005001010203040000", MuxFault.None)]
    [InlineData(VlessMuxRule.DatagramsOnly, "000c00010101010050010102030400020102", MuxFault.NotAllowed)]
    [InlineData(VlessMuxRule.DatagramsOnly, "000c00010101020050010102030400020102", MuxFault.None)]
    [InlineData(VlessMuxRule.XudpOnly, "000c00010101020050010102030400020102", MuxFault.NotAllowed)]
    [InlineData(VlessMuxRule.XudpOnly, "000c00000101010050010102030400020102", MuxFault.NotAllowed)]
    [InlineData(VlessMuxRule.XudpOnly, "000c00000101020050010102030400020102", MuxFault.None)]
    [InlineData(VlessMuxRule.Any, "0003000101", MuxFault.BadMeta)]
    [InlineData(VlessMuxRule.Any, "0201", MuxFault.BadMeta)]
    [InlineData(VlessMuxRule.Any, "000400010500", MuxFault.UnknownStatus)]
    [InlineData(VlessMuxRule.Any, "000400010000", MuxFault.UnknownStatus)]
    [InlineData(VlessMuxRule.Any, "0005000101010301", MuxFault.UnknownNetwork)]
    [InlineData(VlessMuxRule.Any, "00040001010100", MuxFault.BadMeta)]
    [InlineData(VlessMuxRule.Any, "000900010101010050010102", MuxFault.BadMeta)]
    public void Each_fault_is_named(VlessMuxRule rule, string hex, MuxFault fault)
    {
        var server = new MuxServer(rule);
        var status = Feed(server, hex).Status;
        Assert.Equal((fault == MuxFault.None ? ParseStatus.Done : ParseStatus.Failed, fault), (status, server.Fault));
    }

    [Fact]
    public void A_number_in_use_cannot_be_opened_again()
    {
        var server = new MuxServer(VlessMuxRule.Any);
        const string open = "000c0001010101005001010203040000";
        Assert.Equal(ParseStatus.Done, Feed(server, open).Status);
        Assert.Equal(ParseStatus.Failed, Feed(server, open).Status);
        Assert.Equal(MuxFault.DuplicateSession, server.Fault);
    }

    [Theory]
    [InlineData("000400050201" + "0001" + "ff", "000400050300")]
    [InlineData("000400050200", "")]
    [InlineData("000400050300", "")]
    [InlineData("000400050401" + "0001" + "ff", "")]
    [InlineData("000c0005010102000001010203040001ff", "000400050302")]
    [InlineData("000a000501010200500201200001ff", "000400050302")]
    public void Sessions_that_are_not_are_answered_or_passed_over(string hex, string answer)
    {
        var (status, happened, data, produced) = Feed(new MuxServer(VlessMuxRule.Any), hex);
        Assert.Equal((ParseStatus.Done, MuxEventKind.None, "", answer), (status, happened.Kind, data, produced));
    }

    [Fact]
    public void The_table_is_bounded_on_both_sides()
    {
        var server = new MuxServer(VlessMuxRule.Any, maxSessions: 2);
        for (var i = 1; i <= 3; i++)
        {
            var (status, _, _, produced) = Feed(server, $"000c000{i}010101005001010203040000");
            Assert.Equal((ParseStatus.Done, i == 3 ? "000400030302" : ""), (status, produced));
        }

        var client = new MuxClient(maxSessions: 2);
        var target = Host.At("a:1");
        Assert.True(client.TryOpen(MuxNetwork.Tcp, target, 0, out _));
        Assert.True(client.TryOpen(MuxNetwork.Tcp, target, 0, out var second));
        Assert.False(client.TryOpen(MuxNetwork.Tcp, target, 0, out _));
        client.WriteEnd(second, false, new byte[MuxWire.MaxHeader]);
        Assert.True(client.TryOpen(MuxNetwork.Tcp, target, 0, out var third));
        Assert.Equal(3, third);
    }

    [Fact]
    public void Numbers_are_given_once()
    {
        var client = new MuxClient();
        for (var i = 1; i <= ushort.MaxValue; i++)
        {
            Assert.True(client.TryOpen(MuxNetwork.Tcp, Host.At("a:1"), 0, out var session));
            Assert.Equal(i, session);
            Assert.Equal(0, client.WriteEnd(session, false, new byte[MuxWire.MaxHeader]));
        }

        Assert.True(client.IsExhausted);
        Assert.False(client.TryOpen(MuxNetwork.Tcp, Host.At("a:1"), 0, out _));
    }

    [Fact]
    public void Data_too_long_or_empty_is_not_written()
    {
        var header = new byte[MuxWire.MaxHeader];
        var target = Host.At("1.2.3.4:5");
        var udp = new OneXudp(1);
        Assert.Equal(0, udp.WriteHeader(target, 0, header));
        Assert.Equal(0, udp.WriteHeader(target, 7527, header));
        Assert.Equal(0, udp.WriteHeader(default, 5, header));
        Assert.Equal(1, header[udp.WriteHeader(target, 7526, header) > 0 ? 4 : 0]);
        var client = new MuxClient();
        client.TryOpen(MuxNetwork.Tcp, target, 0, out var session);
        Assert.Equal(0, client.WriteData(session, default, 8193, header));
        Assert.NotEqual(0, client.WriteData(session, default, 8192, header));
    }

    [Fact]
    public void The_longest_frame_is_written_whole()
    {
        var name = Host.At(new string('n', 255) + ":65535");
        var header = new byte[MuxWire.MaxHeader];
        Assert.Equal(MuxWire.MaxHeader, new OneXudp(ulong.MaxValue).WriteHeader(name, 9, header));
    }

    [Fact]
    public void An_XUDP_session_ends_when_the_server_says_so_and_the_next_has_a_number_of_its_own()
    {
        var client = new MuxClient(isXudp: true);
        var (target, header) = (Host.At("8.8.8.8:53"), new byte[MuxWire.MaxHeader]);
        for (ushort number = 0; number < 3; number++)
        {
            Assert.True(client.TryOpen(MuxNetwork.Udp, target, number + 1ul, out var session));
            Assert.Equal(number, session);
            var length = client.WriteData(session, target, 1, header);
            Assert.Equal(
                $"0014{number:x4}01010200350108080808{number + 1ul:x16}0001",
                Convert.ToHexStringLower(header.AsSpan(0, length)));
        }

        var ends = Convert.FromHexString("0004" + "0001" + "0300");
        Assert.Equal(ParseStatus.Done, client.Feed(
            ends, new byte[MuxClient.MaxOutput], out _, out _, out var happened, out _));
        Assert.Equal((MuxEventKind.Close, (ushort)1, 2), (happened.Kind, happened.Session, client.SessionCount));
        // A server opens nothing.
        var opens = Convert.FromHexString("000c" + "0009" + "0101" + "0200350108080808" + "0001ff");
        Assert.Equal(ParseStatus.Done, client.Feed(
            opens, new byte[MuxClient.MaxOutput], out _, out _, out happened, out var data));
        Assert.Equal((MuxEventKind.None, 0), (happened.Kind, data.Length));
    }

    [Fact]
    public void Padding_after_the_address_and_keep_alive_are_passed_over()
    {
        var octets = Convert.FromHexString(
            "000400000401" + "0002aabb" + "0010000002010200350108080808" + "deadbeef" + "0001" + "77");
        var client = new OneXudp(0);
        client.WriteHeader(Host.At("8.8.8.8:53"), 1, new byte[MuxWire.MaxHeader]);
        Assert.Equal(ParseStatus.Done, client.Feed(octets, out var consumed, out var source, out var payload));
        Assert.Equal((octets.Length, Host.At("8.8.8.8:53")), (consumed, source));
        Assert.True(payload.SequenceEqual((byte[])[0x77]));
    }

    private static (ParseStatus Status, MuxEvent Happened, string Data, string Produced) Feed(
        MuxServer server, string hex)
    {
        var output = new byte[MuxServer.MaxOutput];
        var status = server.Feed(
            Convert.FromHexString(hex), output, out _, out var produced, out var happened, out var data);
        return (status, happened, Convert.ToHexStringLower(data), Convert.ToHexStringLower(output.AsSpan(0, produced)));
    }

    private static void Pieces(byte[] stream, int piece, Func<byte[], int> feed)
    {
        for (var at = 0; at < stream.Length;)
            at += feed(stream[at..Math.Min(at + piece, stream.Length)]);
    }
}
