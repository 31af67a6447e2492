using System.Text;
using CsCheck;
using Karez.Config.Links;

namespace Karez.Config.Tests.Links;

public class LinkListTests
{
    private static readonly string s_text = string.Join(
        '\n', "# mine", Link("a.example"), "ss://no-link-of-ours", "", Link("b.example"));

    [Fact]
    public void Lines_are_read_and_others_counted() => Check(LinkList.Read(Encoding.UTF8.GetBytes(s_text)));

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Base64_of_lines_is_read_in_either_alphabet(bool isUrl, bool isBroken)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(s_text), isBroken
            ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
        if (isUrl)
            text = text.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        Check(LinkList.Read(Encoding.ASCII.GetBytes(text + "\n")));
    }

    [Fact]
    public void What_we_write_for_sing_box_is_read_back()
    {
        var link = VlessLink.Parse(Link("a.example") + "#my%20node", [])!; // it is well formed
        var list = LinkList.Read(Encoding.UTF8.GetBytes(SingBoxProfile.Write(link)));
        var read = Assert.Single(list.Links);
        Assert.Equal((link.Id, link.Host, link.Port, link.Flow), (read.Id, read.Host, read.Port, read.Flow));
        Assert.Equal((link.ServerName, link.PublicKey, link.ShortId), (read.ServerName, read.PublicKey, read.ShortId));
        Assert.Equal("my node", read.Name);
    }

    [Fact]
    public void What_is_no_list_has_no_links()
    {
        foreach (var text in (string[])["", "<html></html>", "{", "{}", """{"outbounds":1}""", "aGVsbG8=", "://", "====="])
            Assert.Empty(LinkList.Read(Encoding.UTF8.GetBytes(text)).Links);
        Assert.Equal(1, LinkList.Read("""{"outbounds":[{"type":"vless"},{"type":"direct"},1]}"""u8).Skipped);
        Assert.Equal(1, LinkList.Read("""{"outbounds":[{"type":"vless","server_port":"443"}]}"""u8).Skipped);
        Assert.Empty(LinkList.Read("""{"outbounds":[{"type":"vless","tag":"\ud800"}]}"""u8).Links);
    }

    [Fact]
    public void At_most_sixty_four_links_are_taken()
    {
        var text = string.Join('\n', Enumerable.Range(0, 100).Select(i => Link($"n{i}.example")));
        var list = LinkList.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal((64, 36), (list.Links.Count, list.Skipped));
    }

    [Fact]
    public void Whatever_the_octets_nothing_is_thrown()
    {
        var seeds = new[] { s_text, "{\"outbounds\":[{\"type\":\"vless\",\"tls\":{\"reality\":[]}}]}" };
        Gen.Select(Gen.Int[0, 1].Select(i => seeds[i]), Gen.Int[0, 400], Gen.Byte.Array[0, 60]).Sample((seed, kept, octets) =>
            LinkList.Read([.. Encoding.UTF8.GetBytes(seed[..Math.Min(kept, seed.Length)]), .. octets]), iter: 5_000);
    }

    private static void Check(LinkList list)
    {
        Assert.Equal(["a.example", "b.example"], list.Links.Select(link => link.Host));
        Assert.Equal(1, list.Skipped);
    }

    private static string Link(string host) =>
        $"vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@{host}:443?encryption=none&security=reality&type=tcp"
        + "&flow=xtls-rprx-vision&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef";
}
