using Karez.Ip.Dns;
using Karez.Ip.Headers;

namespace Karez.Ip.Tests.Dns;

public class DnsMessageTests
{
    [Fact]
    public void A_query_is_read()
    {
        var query = Messages.Read(Messages.Ask("WWW.Example.org", DnsType.Aaaa, edns: 4096));
        Assert.Equal(
            ("www.example.org", DnsType.Aaaa, 1232, true, true, (ushort)0x1234),
            (query.Name, query.Type, query.MaxUdp, query.HasEdns, query.WantsRecursion, query.Id));
        Assert.Equal(512, Messages.Read(Messages.Ask("a.b", DnsType.A)).MaxUdp);
    }

    [Fact]
    public void Every_cut_of_a_query_is_a_format_error_or_nothing()
    {
        var message = Messages.Ask("www.example.org", DnsType.A, edns: 1232);
        for (var i = 0; i < message.Length; i++)
            Assert.Equal(i < 12 ? null : DnsCode.FormatError, DnsQuery.TryRead(message.AsSpan(0, i), out _));
    }

    [Fact]
    public void A_response_is_never_answered()
    {
        var message = Messages.Ask("a.b", DnsType.A);
        message[2] |= 0x80;
        Assert.Null(DnsQuery.TryRead(message, out _));
    }

    [Theory]
    [InlineData(2, 0x28, DnsCode.NotImplemented)] // an update
    [InlineData(5, 2, DnsCode.FormatError)]
    [InlineData(5, 0, DnsCode.FormatError)]
    [InlineData(20, 3, DnsCode.Refused)] // class CHAOS
    [InlineData(18, 252, DnsCode.NotImplemented)]
    [InlineData(18, 255, DnsCode.NotImplemented)]
    [InlineData(11, 200, DnsCode.FormatError)]
    public void What_is_not_done_here_is_refused_by_its_code(int at, int value, DnsCode code)
    {
        var message = Messages.Ask("a.b", DnsType.A);
        message[at] = (byte)value;
        Assert.Equal(code, DnsQuery.TryRead(message, out _));
        var reply = new byte[12];
        Assert.Equal(12, DnsAnswer.WriteRefusal(message, code, reply));
        Assert.Equal((0x12, 0x34, (byte)code), (reply[0], reply[1], (byte)(reply[3] & 15)));
    }

    [Fact]
    public void Addresses_are_answered()
    {
        var octets = new byte[600];
        var query = Messages.Read(Messages.Ask("Www.example.ORG", DnsType.A, edns: 1232));
        var message = octets.AsSpan(0, DnsAnswer.WriteAddress(query, Packets.At("198.18.1.2"), 60, octets));
        Assert.Equal((1, 0, 1), Messages.Counts(message));
        var addresses = new HostAddress[4];
        Assert.Equal(1, DnsResponse.ReadAddresses(message, addresses));
        Assert.Equal(Packets.At("198.18.1.2"), addresses[0]);
        Assert.True(message[12..].StartsWith(query.Question), "the asker's own letters come back");

        query = Messages.Read(Messages.Ask("a.b", DnsType.Aaaa));
        message = octets.AsSpan(0, DnsAnswer.WriteAddress(query, Packets.At("fd00::7"), 60, octets));
        Assert.Equal(1, DnsResponse.ReadAddresses(message, addresses));
        Assert.Equal((Packets.At("fd00::7"), (1, 0, 0)), (addresses[0], Messages.Counts(message)));
    }

    [Fact]
    public void Negative_answers_say_how_long_they_hold()
    {
        var octets = new byte[600];
        var query = Messages.Read(Messages.Ask("a.b", DnsType.Https));
        var message = octets.AsSpan(0, DnsAnswer.WriteNegative(query, DnsCode.NoError, octets));
        Assert.Equal((0, 1, 0), Messages.Counts(message));
        Assert.True(DnsResponse.TryReadLifetime(message, out var lifetime));
        Assert.Equal(TimeSpan.FromSeconds(300), lifetime);
        message = octets.AsSpan(0, DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, octets));
        Assert.Equal(DnsCode.NoSuchName, DnsResponse.CodeOf(message));
    }

    [Fact]
    public void Names_of_addresses_failures_and_truncation_are_written()
    {
        var octets = new byte[600];
        var query = Messages.Read(Messages.Ask("7.1.18.198.in-addr.arpa", DnsType.NameOf));
        var length = DnsAnswer.WritePointer(query, "www.example.org", 60, octets);
        var at = 12 + query.Question.Length;
        Assert.True(DnsRecord.TryRead(octets.AsSpan(0, length), ref at, out var record));
        Assert.Equal((DnsType.NameOf, 60u, length), (record.Type, record.Ttl, at));
        length = DnsAnswer.WriteFailure(query, DnsCode.ServerFailure, octets);
        Assert.Equal(DnsCode.ServerFailure, DnsResponse.CodeOf(octets.AsSpan(0, length)));
        length = DnsAnswer.WriteTruncated(query, octets);
        Assert.True(DnsResponse.IsTruncated(octets.AsSpan(0, length)));
    }

    [Fact]
    public void The_longest_name_has_its_answer_within_the_promised_room()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 63), 4))[..253];
        var octets = new byte[600];
        var query = Messages.Read(Messages.Ask(name, DnsType.NameOf, edns: 1232));
        Assert.NotEqual(0, DnsAnswer.WritePointer(query, name, 60, octets));
        Assert.NotEqual(0, DnsAnswer.WriteNegative(query, DnsCode.NoSuchName, octets));
        Assert.NotEqual(0, DnsQuestionWriter.Write(query, new SeededEntropy(1), octets.AsSpan(0, 300)));
    }

    [Fact]
    public void Our_own_questions_differ_in_id_and_letters_and_only_their_answer_fits()
    {
        var query = Messages.Read(Messages.Ask("www.example.org", DnsType.A));
        var entropy = new SeededEntropy(7);
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var octets = new byte[300];
            octets = octets[..DnsQuestionWriter.Write(query, entropy, octets)];
            var again = Messages.Read(octets);
            Assert.Equal(("www.example.org", DnsType.A), (again.Name, again.Type));
            Assert.True(seen.Add(Convert.ToHexString(again.Question)));
            var answer = Messages.Answer(octets, 0, (DnsType.A, 60, [1, 2, 3, 4], false));
            Assert.True(DnsResponse.Answers(answer, octets));
            foreach (var wrong in (int[])[0, 1, 13, octets.Length - 12])
            {
                answer[wrong] ^= 0x20;
                Assert.False(DnsResponse.Answers(answer, octets));
                answer[wrong] ^= 0x20;
            }

            Assert.False(DnsResponse.Answers(octets, octets), "a query is no answer to itself");
        }
    }

    [Fact]
    public void Lifetimes_come_from_the_shortest_record_within_bounds()
    {
        var query = Messages.Ask("a.b", DnsType.A);
        Assert.True(DnsResponse.TryReadLifetime(
            Messages.Answer(query, 0, (DnsType.A, 90, [1, 2, 3, 4], false), (DnsType.A, 70, [1, 2, 3, 5], false)),
            out var found));
        Assert.Equal(70, found.TotalSeconds);
        Assert.True(DnsResponse.TryReadLifetime(
            Messages.Answer(query, 0, (DnsType.A, 0, [1, 2, 3, 4], false)), out found));
        Assert.Equal(5, found.TotalSeconds);
        Assert.True(DnsResponse.TryReadLifetime(
            Messages.Answer(query, 0, (DnsType.A, 999_999, [1, 2, 3, 4], false)), out found));
        Assert.Equal(3600, found.TotalSeconds);
        byte[] soa = [.. new byte[18], 0, 0, 0, 30];
        Assert.True(DnsResponse.TryReadLifetime(Messages.Answer(query, 3, (DnsType.Soa, 900u, soa, true)), out found));
        Assert.Equal(30, found.TotalSeconds);
        Assert.False(DnsResponse.TryReadLifetime(Messages.Answer(query, 3), out _), "without SOA: not to be kept");
        Assert.False(DnsResponse.TryReadLifetime(Messages.Answer(query, 2, (DnsType.Soa, 900u, soa, true)), out _));
    }
}
