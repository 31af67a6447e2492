using CsCheck;
using Karez.Proxy.Socks5;

namespace Karez.Proxy.Tests.Socks5;

public class Socks5Tests
{
    private const string Connect = "0501000309" + "6c6f63616c686f73" + "74" + "01bb";

    private const string Greeting = "05020002" + "01" + "03616c69";

    private static readonly ProxyCredentials Credentials = new("ali", "secret");

    [Fact]
    public void A_pipelined_client_gets_both_answers_and_its_payload_stays()
    {
        var (status, answer, rest, server) = Run(null, "050100" + Connect + "160301", piece: 1000);
        Assert.Equal(Socks5Status.NeedDecision, status);
        Assert.Equal("0500", answer);
        Assert.Equal("160301", rest);
        Assert.Equal(Socks5Command.Connect, server.Command);
        Assert.Equal(Host.At("localhost:443"), server.Destination);
    }

    [Theory]
    [InlineData("0501000100000000" + "0000", Socks5Fault.BadDestination, "0504")]
    [InlineData("0502000101020304" + "0050", Socks5Fault.UnknownCommand, "0507")]
    [InlineData("0501000501020304" + "0050", Socks5Fault.UnknownAddressType, "0508")]
    [InlineData("05010003022a2a" + "0050", Socks5Fault.BadDestination, "0504")]
    [InlineData("04010003022a2a" + "0050", Socks5Fault.WrongVersion, "")]
    public void Requests_that_cannot_be_served_are_refused_with_the_right_code(
        string request, Socks5Fault fault, string reply)
    {
        var (status, answer, _, server) = Run(null, "050100" + request, piece: 1000);
        Assert.Equal((Socks5Status.Failed, fault), (status, server.Fault));
        Assert.Equal("0500" + (reply.Length > 0 ? reply + "0001000000000000" : ""), answer);
    }

    [Theory]
    [InlineData(true, Greeting + "06736563726574" + Connect, Socks5Status.NeedDecision, "0502" + "0100")]
    [InlineData(true, Greeting + "06736563726575" + Connect, Socks5Status.Failed, "0502" + "0101")]
    [InlineData(true, "050100", Socks5Status.Failed, "05ff")]
    [InlineData(false, "05020002" + Connect, Socks5Status.NeedDecision, "0500")]
    [InlineData(false, "050102" + "01" + "0178" + "00" + Connect, Socks5Status.NeedDecision, "0502" + "0100")]
    [InlineData(false, "050101", Socks5Status.Failed, "05ff")]
    [InlineData(false, "0500", Socks5Status.Failed, "05ff")]
    public void Authentication_follows_the_configuration(
        bool withCredentials, string input, Socks5Status status, string answer)
    {
        var ran = Run(withCredentials ? Credentials : null, input, piece: 1000);
        Assert.Equal((status, answer), (ran.Status, ran.Answer));
    }

    [Fact]
    public void The_same_octets_come_to_the_same_end_however_they_are_cut() =>
        Gen.Int[1, 60].Sample(piece =>
        {
            var input = "05020002" + "01" + "03616c69" + "06736563726574" + Connect + "aabb";
            var (status, answer, rest, server) = Run(Credentials, input, piece);
            return status == Socks5Status.NeedDecision && answer == "05020100"
                && "aabb".StartsWith(rest, StringComparison.Ordinal) && server.Destination == Host.At("localhost:443");
        });

    [Fact]
    public void Random_octets_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 600], Gen.Bool, Gen.Int[1, 40]).Sample((octets, auth, piece) =>
        {
            if (octets.Length > 2)
                (octets[0], octets[1]) = (5, 2);
            Run(auth ? Credentials : null, Convert.ToHexString(octets), piece);
        });

    [Fact]
    public void Answers_carry_the_bound_address_or_the_failure()
    {
        var output = new byte[Socks5Server.MaxOutput];
        var length = new Socks5Server(null).Accept(Host.At("127.0.0.1:5000"), output);
        Assert.Equal("050000017f0000011388", Convert.ToHexStringLower(output.AsSpan(0, length)));
        length = new Socks5Server(null).Accept(default, output);
        Assert.Equal("05000001000000000000", Convert.ToHexStringLower(output.AsSpan(0, length)));
        foreach (var (failure, code) in new[]
        {
            (FlowFailure.General, 1), (FlowFailure.Forbidden, 2), (FlowFailure.NetworkUnreachable, 3),
            (FlowFailure.HostUnreachable, 4), (FlowFailure.Refused, 5), (FlowFailure.TimedOut, 6),
        })
        {
            Assert.Equal(10, new Socks5Server(null).Refuse(failure, output));
            Assert.Equal(code, output[1]);
        }
    }

    [Fact]
    public void Datagrams_come_back_with_their_addresses() =>
        Gen.Select(Gen.Int[0, 2], Gen.Byte.Array[16], Gen.Int[1, 65535], Gen.Byte.Array[0, 50])
            .Sample((kind, octets, port, data) =>
            {
                Destination address;
                if (kind == 0)
                    Assert.True(Destination.TryFromHost("a.example", port, out address));
                else
                    Assert.True(Destination.TryFromAddress(octets.AsSpan(0, kind == 1 ? 4 : 16), port, out address));
                var header = new byte[Socks5Datagram.MaxHeader];
                var length = Socks5Datagram.WriteHeader(address, header);
                Assert.Equal(Socks5Datagram.HeaderLength(address), length);
                byte[] datagram = [.. header.AsSpan(0, length), .. data];
                return Socks5Datagram.TryRead(datagram, out var read, out var offset)
                    && read == address && offset == length;
            });

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("00000101010203040050ff")]
    [InlineData("0000000101020304")]
    [InlineData("00000001010203040000ff")]
    [InlineData("00000007010203040050ff")]
    public void Datagrams_that_go_nowhere_are_dropped(string hex) =>
        Assert.False(Socks5Datagram.TryRead(Convert.FromHexString(hex), out _, out _));

    [Fact]
    public void The_first_octet_tells_the_protocols_apart()
    {
        Assert.Equal(InboundKind.Socks5, MixedInbound.Sniff(5));
        Assert.Equal(InboundKind.Socks4, MixedInbound.Sniff(4));
        Assert.Equal(InboundKind.Http, MixedInbound.Sniff((byte)'C'));
        var refusal = new byte[8];
        Assert.Equal(8, MixedInbound.WriteSocks4Refusal(refusal));
        Assert.Equal("005b000000000000", Convert.ToHexStringLower(refusal));
    }

    private static (Socks5Status Status, string Answer, string Early, Socks5Server Server) Run(
        ProxyCredentials? credentials, string hex, int piece)
    {
        var input = Convert.FromHexString(hex);
        var server = new Socks5Server(credentials);
        var answer = new List<byte>();
        var (at, shown) = (0, 0);
        while (true)
        {
            shown = Math.Min(shown + piece, input.Length);
            var output = new byte[Socks5Server.MaxOutput];
            var status = server.Advance(input.AsSpan(at, shown - at), output, out var consumed, out var produced);
            at += consumed;
            answer.AddRange(output[..produced]);
            if (status != Socks5Status.NeedInput || shown == input.Length)
            {
                var rest = Convert.ToHexStringLower(input.AsSpan(at, shown - at));
                return (status, Convert.ToHexStringLower(answer.ToArray()), rest, server);
            }
        }
    }
}
