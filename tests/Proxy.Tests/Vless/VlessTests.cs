using CsCheck;
using Karez.Proxy.Vless;

namespace Karez.Proxy.Tests.Vless;

public class VlessTests
{
    private const string Tcp = "0066ad4540b58c4ad29926ea63445a9b57120a1078746c732d727072782d766973696f6e0101bb020f"
        + "7777772e6578616d706c652e636f6d";

    private const string Mux = "0066ad4540b58c4ad29926ea63445a9b57120a1078746c732d727072782d766973696f6e03";

    private static readonly Guid User = Guid.Parse("66ad4540-b58c-4ad2-9926-ea63445a9b57");

    private static readonly Gen<VlessRequest> Requests =
        Gen.Select(Gen.Guid, Gen.Bool, Gen.Int[1, 3].Select(c => (VlessCommand)c),
            Gen.Int[0, 2], Gen.Byte.Array[16], Gen.Int[1, 65535], Gen.Char.AlphaNumeric.Array[1, 255])
        .Select((user, vision, command, kind, octets, port, name) =>
        {
            var destination = default(Destination);
            if (command != VlessCommand.Mux && kind == 0)
                Assert.True(Destination.TryFromHost(name, port, out destination));
            else if (command != VlessCommand.Mux)
                Assert.True(Destination.TryFromAddress(octets.AsSpan(0, kind == 1 ? 4 : 16), port, out destination));
            return new VlessRequest(user, vision ? VlessFlow.Vision : VlessFlow.None, command, destination)
            {
                Ask = (VlessAsk)(port % 3),
            };
        });

    [Fact]
    public void The_published_requests_are_written_and_read()
    {
        var destination = Host.At("www.example.com:443");
        Check(new VlessRequest(User, VlessFlow.Vision, VlessCommand.Tcp, destination), Tcp);
        Check(new VlessRequest(User, VlessFlow.Vision, VlessCommand.Mux, default), Mux);

        static void Check(VlessRequest request, string hex)
        {
            var octets = new byte[VlessWire.MaxRequest];
            var length = VlessWire.WriteRequest(request, octets);
            Assert.Equal(hex, Convert.ToHexStringLower(octets.AsSpan(0, length)));
            Assert.Equal(ParseStatus.Done,
                VlessWire.TryReadRequest(octets.AsSpan(0, length), out var read, out var consumed, out _));
            Assert.Equal((request, length), (read, consumed));
        }
    }

    [Fact]
    public void Every_request_comes_back_however_it_is_cut_and_leaves_the_body() =>
        Gen.Select(Requests, Gen.Byte.Array[0, 40], Gen.Int[1, 60]).Sample((request, body, piece) =>
        {
            var octets = new byte[VlessWire.MaxRequest];
            var length = VlessWire.WriteRequest(request, octets);
            byte[] stream = [.. octets.AsSpan(0, length), .. body];
            var server = new VlessServer();
            var at = 0;
            while (true)
            {
                var status = server.Feed(stream.AsSpan(at, Math.Min(piece, stream.Length - at)), out var consumed);
                at += consumed;
                if (status == ParseStatus.Done)
                    break;
                Assert.Equal(ParseStatus.NeedInput, status);
                Assert.True(at < length);
            }

            return at == length && server.Request == request;
        });

    [Fact]
    public void A_partial_request_moves_nothing() =>
        Requests.Sample(request =>
        {
            var octets = new byte[VlessWire.MaxRequest];
            var length = VlessWire.WriteRequest(request, octets);
            for (var cut = 0; cut < length; cut++)
            {
                var status = VlessWire.TryReadRequest(octets.AsSpan(0, cut), out _, out var consumed, out _);
                Assert.Equal((ParseStatus.NeedInput, 0), (status, consumed));
            }
        }, iter: 30);

    [Theory]
    [InlineData("01", VlessFault.WrongVersion)]
    [InlineData("00" + Id + "0101", VlessFault.MalformedAddons)]
    [InlineData("00" + Id + "020a05", VlessFault.MalformedAddons)]
    [InlineData("00" + Id + "030affff", VlessFault.MalformedAddons)]
    [InlineData("00" + Id + "030a0161", VlessFault.UnknownFlow)]
    [InlineData("00" + Id + "0004", VlessFault.UnknownCommand)]
    [InlineData("00" + Id + "000101bb04", VlessFault.BadDestination)]
    [InlineData("00" + Id + "000101bb0200", VlessFault.BadDestination)]
    [InlineData("00" + Id + "000101bb020120", VlessFault.BadDestination)]
    [InlineData("00" + Id + "000100000101020304", VlessFault.BadDestination)]
    public void Each_fault_is_named(string hex, VlessFault fault)
    {
        var server = new VlessServer();
        Assert.Equal(ParseStatus.Failed, server.Feed(Convert.FromHexString(hex), out _));
        Assert.Equal(fault, server.Fault);
    }

    [Theory]
    [InlineData("14" + Flow + "7801")]
    [InlineData("14" + "7801" + Flow)]
    [InlineData("17" + Flow + "7d01020304")]
    [InlineData("1b" + "790102030405060708" + Flow)]
    [InlineData("16" + Flow + "7a02abcd")]
    [InlineData("16" + "0803" + Flow + "1000")]
    public void Fields_that_we_do_not_know_are_skipped(string addons)
    {
        var octets = Convert.FromHexString("00" + Id + addons + "03");
        var status = VlessWire.TryReadRequest(octets, out var request, out var consumed, out _);
        Assert.Equal((ParseStatus.Done, VlessFlow.Vision, octets.Length), (status, request.Flow, consumed));
    }

    [Theory]
    [InlineData("0178")]
    [InlineData("027d00")]
    [InlineData("037a0301")]
    [InlineData("0c78ffffffffffffffffffff01")]
    [InlineData("017b")]
    public void Fields_that_are_cut_or_endless_are_not(string addons)
    {
        var octets = Convert.FromHexString("00" + Id + addons + "03");
        var status = VlessWire.TryReadRequest(octets, out _, out _, out var fault);
        Assert.Equal((ParseStatus.Failed, VlessFault.MalformedAddons), (status, fault));
    }

    [Fact]
    public void A_seed_in_the_addons_is_skipped()
    {
        var octets = Convert.FromHexString(
            "00" + Id + "16" + "1202abcd" + "0a1078746c732d727072782d766973696f6e" + "03");
        var status = VlessWire.TryReadRequest(octets, out var request, out _, out _);
        Assert.Equal((ParseStatus.Done, VlessFlow.Vision), (status, request.Flow));
    }

    [Theory]
    [InlineData("7801", VlessAsk.Failure)]
    [InlineData("7802", VlessAsk.Outcome)]
    [InlineData("7803", VlessAsk.Nothing)]
    [InlineData("78ff01", VlessAsk.Nothing)]
    public void What_a_client_wants_to_hear_of_the_dial_stands_in_field_15(string field, VlessAsk asked)
    {
        var octets = Convert.FromHexString(
            "00" + Id + (18 + field.Length / 2).ToString("x2") + "0a1078746c732d727072782d766973696f6e" + field + "03");
        var status = VlessWire.TryReadRequest(octets, out var request, out _, out _);
        Assert.Equal((ParseStatus.Done, VlessFlow.Vision, asked), (status, request.Flow, request.Ask));
    }

    [Fact]
    public void A_field_15_without_a_value_is_a_fault()
    {
        var octets = Convert.FromHexString("00" + Id + "01" + "78" + "03");
        Assert.Equal(ParseStatus.Failed, VlessWire.TryReadRequest(octets, out _, out _, out var fault));
        Assert.Equal(VlessFault.MalformedAddons, fault);
    }

    [Fact]
    public void How_the_dial_went_comes_back_however_it_is_cut()
    {
        foreach (var failure in Enum.GetValues<FlowFailure>())
        {
            var response = new byte[VlessWire.OutcomeLength];
            VlessWire.WriteOutcome(VlessOutcome.CodeOf(failure), response);
            var client = new VlessClient(new VlessRequest { Ask = VlessAsk.Failure });
            foreach (var octet in response)
            {
                Assert.Null(client.Outcome);
                client.Feed([octet], out _);
            }

            Assert.Equal(failure, VlessOutcome.FailureOf(client.Outcome!.Value));
        }

        Assert.Null(VlessOutcome.FailureOf(VlessOutcome.Connected));
        Assert.Equal(FlowFailure.General, VlessOutcome.FailureOf(99));
    }

    [Theory]
    [InlineData("0000", VlessAsk.Outcome)]
    [InlineData("00027805", VlessAsk.Nothing)]
    [InlineData("000378ff01", VlessAsk.Outcome)]
    [InlineData("00047805780a", VlessAsk.Outcome)]
    [InlineData("000108", VlessAsk.Outcome)]
    public void A_response_that_says_nothing_to_the_question_has_no_outcome(string hex, VlessAsk asked)
    {
        var client = new VlessClient(new VlessRequest { Ask = asked });
        Assert.Equal(ParseStatus.Done, client.Feed(Convert.FromHexString(hex), out _));
        Assert.Null(client.Outcome);
    }

    [Fact]
    public void Random_octets_never_throw_and_are_never_over_read() =>
        Gen.Byte.Array[0, 600].Sample(octets =>
        {
            if (octets.Length > 0)
                octets[0] = 0;
            var server = new VlessServer();
            server.Feed(octets, out var consumed);
            return consumed >= 0 && consumed <= octets.Length;
        });

    [Fact]
    public void The_response_is_taken_off_however_it_is_cut() =>
        Gen.Select(Gen.Byte.Array[0, 255], Gen.Byte.Array[0, 30], Gen.Int[1, 9]).Sample((addons, payload, piece) =>
        {
            byte[] stream = [0, (byte)addons.Length, .. addons, .. payload];
            var client = new VlessClient(default);
            var at = 0;
            while (!client.Answered)
            {
                client.Feed(stream.AsSpan(at, Math.Min(piece, stream.Length - at)), out var consumed);
                at += consumed;
            }

            Assert.Equal(ParseStatus.Done, VlessWire.TryReadResponse(stream, out var whole, out _));
            Assert.Equal(ParseStatus.Done, client.Feed(stream.AsSpan(at), out var more));
            return at == 2 + addons.Length && whole == at && more == 0;
        });

    [Theory]
    [InlineData("我爱🍉老师1314", "5783a3e7-e373-51cd-8642-c83782b807c5")]
    [InlineData("example", "feb54431-301b-52bb-a6dd-e1e93e81bb9e")]
    [InlineData("test", "e8b764da-5fe5-51ed-8af8-c5c6eca28d7a")]
    [InlineData("66ad4540-b58c-4ad2-9926-ea63445a9b57", "66ad4540-b58c-4ad2-9926-ea63445a9b57")]
    [InlineData("66ad4540b58c4ad29926ea63445a9b57", "66ad4540-b58c-4ad2-9926-ea63445a9b57")]
    [InlineData("66AD4540-b58c4ad29926ea63445a9b57", "66ad4540-b58c-4ad2-9926-ea63445a9b57")]
    public void Ids_are_read_from_text(string text, string id)
    {
        Assert.True(VlessUser.TryParseId(text, out var read));
        Assert.Equal(Guid.Parse(id), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("66ad4540-b58c-4ad2-9926-ea63445a9b57a")]
    [InlineData("66ad4540-b58c-4ad2-9926-ea63445a9bxx")]
    [InlineData("66ad4540b58c-4ad2-9926-ea63445a9b570")]
    [InlineData("爱爱爱爱爱爱爱爱爱爱爱")]
    public void Text_that_is_no_id_is_refused(string text) => Assert.False(VlessUser.TryParseId(text, out _));

    [Fact]
    public void The_route_octets_do_not_count() =>
        Assert.Equal(Guid.Parse("66ad4540-b58c-0000-9926-ea63445a9b57"), VlessUser.WithoutRoute(User));

    [Fact]
    public void Accounts_get_what_the_table_says()
    {
        foreach (var asked in Enum.GetValues<VlessFlow>())
        {
            foreach (var account in Enum.GetValues<VlessFlow>())
            {
                foreach (var command in Enum.GetValues<VlessCommand>())
                {
                    var fault = VlessServer.Judge(
                        new VlessRequest(User, asked, command, default), account, out var rule);
                    var expected = (asked, account, command) switch
                    {
                        (VlessFlow.Vision, VlessFlow.None, _) => VlessFault.FlowNotAllowed,
                        (VlessFlow.Vision, VlessFlow.Vision, VlessCommand.Udp) => VlessFault.DatagramsInVision,
                        (VlessFlow.None, VlessFlow.Vision, VlessCommand.Tcp) => VlessFault.FlowRequired,
                        _ => VlessFault.None,
                    };
                    Assert.Equal(expected, fault);
                    if (asked == VlessFlow.Vision)
                        Assert.Equal(VlessMuxRule.DatagramsOnly, rule);
                    else
                        Assert.Equal(account == VlessFlow.Vision ? VlessMuxRule.XudpOnly : VlessMuxRule.Any, rule);
                }
            }
        }
    }

    [Fact]
    public void Plain_datagrams_come_back_however_the_stream_is_cut() =>
        Gen.Select(Gen.Byte.Array[0, 300].List[0, 8], Gen.Int[1, 400]).Sample((datagrams, piece) =>
        {
            var stream = new List<byte>();
            foreach (var datagram in datagrams)
                stream.AddRange([(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram]);
            var octets = stream.ToArray();
            var packets = new VlessPackets();
            var read = new List<byte[]>();
            for (var at = 0; at < octets.Length;)
            {
                var shown = octets.AsSpan(at, Math.Min(piece, octets.Length - at));
                if (packets.Feed(shown, out var consumed, out var payload) == ParseStatus.Done)
                    read.Add(payload.ToArray());
                else
                    Assert.Equal(shown.Length, consumed);
                at += consumed;
            }

            Assert.Equal(datagrams.Where(d => d.Length > 0), read);
        });

    [Fact]
    public void Datagrams_too_long_or_empty_are_not_written()
    {
        var header = new byte[2];
        Assert.Equal(0, VlessPackets.WriteHeader(0, header));
        Assert.Equal(0, VlessPackets.WriteHeader(8191, header));
        Assert.Equal(2, VlessPackets.WriteHeader(8190, header));
        Assert.Equal([0x1F, 0xFE], header);
    }

    private const string Id = "66ad4540b58c4ad29926ea63445a9b57";
    private const string Flow = "0a1078746c732d727072782d766973696f6e";
}
