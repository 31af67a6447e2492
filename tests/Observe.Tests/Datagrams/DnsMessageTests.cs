using Karez.Observe.Datagrams;
using Karez.Observe.Packets;
using Karez.Tests;

namespace Karez.Observe.Tests.Datagrams;

public class DnsMessageTests
{
    [Fact]
    public void Reads_question_and_addresses()
    {
        var message = DnsMessage.Read(PacketMaker.Dns(7, "Chat.Example.org", true, "10.1.2.3", "10.1.2.4"))!;
        Assert.Equal((7, "chat.example.org", DnsMessage.A), (message.Id, message.Question, message.QuestionType));
        Assert.True(message.IsAnswer);
        Assert.Equal(
            [NetAddress.Parse("10.1.2.3"), NetAddress.Parse("10.1.2.4")], message.Answers.Select(a => a.Address!.Value));
        Assert.All(message.Answers, a => Assert.Equal(("chat.example.org", 60u), (a.Name, a.TimeToLive)));
    }

    [Fact]
    public void Reads_an_alias()
    {
        byte[] message =
        [
            .. PacketMaker.Dns(1, "a.b", true)[..7], 1, .. PacketMaker.Dns(1, "a.b", true)[8..],
            0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, (byte)'c', 0xC0, 14,
        ];
        Assert.Equal("c.b", Assert.Single(DnsMessage.Read(message)!.Answers).Target);
    }

    [Fact]
    public void A_pointer_that_does_not_go_back_is_malformed()
    {
        byte[] loop = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1];
        Assert.Null(DnsMessage.Read(loop));
        Assert.Null(DnsMessage.Read("not at all"u8));
    }

    [Fact]
    public void Names_with_strange_octets_stay_printable()
    {
        var message = PacketMaker.Dns(1, "ab", false);
        message[13] = 27;
        Assert.Equal("?b", DnsMessage.Read(message)!.Question);
    }
}
