using Karez.Probes.Compare;
using Karez.Probes.Hello;

namespace Karez.Probes.Tests;

public class HelloBuilderTests
{
    [Fact]
    public void Lengths_of_record_and_message_are_true()
    {
        var hello = HelloBuilder.Build(new HelloSpec { ServerName = "a.example", Shares = [0x11EC, 0x001D, 0x0017] });
        var record = Assert.Single(TlsRecord.Split(hello, out var rest));
        Assert.Equal((0, 22, 0x0301), (rest.Length, record.Type, record.Version));
        var body = record.Body.Span;
        Assert.Equal(body.Length - 4, (body[1] << 16) | (body[2] << 8) | body[3]);
    }

    [Theory]
    [InlineData("random", 11, 43)]
    [InlineData("session-id", 44, 60)]
    [InlineData("tag", 60, 76)]
    public void Parts_are_found_where_the_wire_has_them(string part, int from, int to)
    {
        var hello = HelloBuilder.Build(new HelloSpec { ServerName = "a.example" });
        Assert.InRange(HelloLayout.Find(hello, part), from, to - 1);
    }

    [Fact]
    public void Name_and_share_are_found_by_their_content()
    {
        var hello = HelloBuilder.Build(new HelloSpec { ServerName = "a.example", Shares = [0x4A4A, 0x001D] });
        Assert.Equal("a.example"u8, hello.AsSpan(HelloLayout.Find(hello, "name") - 2, 9));
        var share = HelloLayout.Find(hello, "share") - 9;
        Assert.Equal([0x00, 0x1D, 0x00, 0x20], hello[(share - 4)..share]);
    }

    [Fact]
    public void A_hello_longer_than_a_record_is_cut_by_length()
    {
        var records = TlsRecord.Split(HelloBuilder.Build(new HelloSpec { Unknown = 17408 }), out _);
        Assert.Equal([16384], records.SkipLast(1).Select(r => r.Length));
    }
}
