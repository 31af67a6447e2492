using System.Text;
using Karez.Probes.Compare;

namespace Karez.Probes.Tests;

public class AnswerTextTests
{
    [Fact]
    public void Randoms_and_shares_are_masked_and_everything_else_is_not()
    {
        var one = AnswerText.Describe(ServerHello(1, 0x02, 0x1D));
        Assert.Equal(one, AnswerText.Describe(ServerHello(9, 0x02, 0x1D)));
        Assert.NotEqual(one, AnswerText.Describe(ServerHello(1, 0x01, 0x1D)));
        Assert.NotEqual(one, AnswerText.Describe(ServerHello(1, 0x02, 0x17)));
    }

    [Fact]
    public void Lengths_versions_types_and_alerts_are_facts()
    {
        string[] all =
        [
            .. ((byte[][])[[21, 3, 3, 0, 2, 2, 40], [21, 3, 3, 0, 2, 2, 50], [21, 3, 1, 0, 2, 2, 40], [23, 3, 3, 0, 1, 0], []])
                .Select(o => AnswerText.Describe(o)),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal("record 21 0303 2 alert 2 40", all[0]);
    }

    [Fact]
    public void A_record_cut_short_differs_from_a_whole_one()
    {
        byte[] record = [23, 3, 3, 0, 4, 1, 2, 3, 4];
        Assert.NotEqual(AnswerText.Describe(record), AnswerText.Describe(record.AsMemory(0, 8)));
    }

    [Fact]
    public void Clear_answers_are_compared_by_octets_but_for_their_date()
    {
        var one = Clear("HTTP/1.1 400 Bad Request\r\nDate: Mon, 23 Nov 2026 22:36:31 GMT\r\n\r\nx");
        Assert.Equal(one, Clear("HTTP/1.1 400 Bad Request\r\nDate: Tue, 24 Nov 2026 01:02:03 GMT\r\n\r\nx"));
        Assert.NotEqual(one, Clear("HTTP/1.1 400 Bad Request\r\nDate: Mon, 23 Nov 2026 22:36:31 GMT\r\n\r\ny"));
    }

    private static string Clear(string text) => AnswerText.Describe(Encoding.Latin1.GetBytes(text));

    private static byte[] ServerHello(byte fill, byte suite, byte group)
    {
        byte[] extensions = [0, 43, 0, 2, 3, 4, 0, 51, 0, 8, 0, group, 0, 4, fill, fill, fill, fill];
        byte[] body =
        [
            3, 3, .. Enumerable.Repeat(fill, 32), 1, 77, 0x13, suite, 0, 0, (byte)extensions.Length, .. extensions,
        ];
        byte[] message = [2, 0, 0, (byte)body.Length, .. body];
        return [22, 3, 3, 0, (byte)message.Length, .. message];
    }
}
