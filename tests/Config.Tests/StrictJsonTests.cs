using System.Text;
using CsCheck;

namespace Karez.Config.Tests;

public class StrictJsonTests
{
    [Fact]
    public void All_problems_are_told_at_once_with_their_paths()
    {
        var problems = Problems(
            """{"lisen":"[::]:443","maxConnections":"many","strictHybrid":null,"drainSeconds":1,"drainSeconds":2}""");
        Assert.Equal(
            ["$.drainSeconds", "$.lisen", "$.maxConnections", "$.strictHybrid", "$.target"],
            problems.Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_mistyped_member_gets_its_right_spelling_as_hint() =>
        Assert.Contains(
            Problems("""{"target":"a.example","lisen":"[::]:443"}"""),
            p => p.Hint == "did you mean \"listen\"?");

    [Fact]
    public void Semantic_problems_are_told_at_once_too()
    {
        var problems = Problems(
            """{"target":"unix:/run/site","listen":"443","minClientVersion":"26.3","idleTimeoutSeconds":1}""");
        Assert.Equal(
            ["$.idleTimeoutSeconds", "$.listen", "$.minClientVersion", "$.name"],
            problems.Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_list_member_is_named_by_its_index()
    {
        var problems = new List<Problem>();
        ClientConfig.Read("""{"links":["vless://x",7,null]}"""u8.ToArray(), problems);
        Assert.Contains(problems, p => p.Path == "$.links[1]");
        Assert.Contains(problems, p => p.Path == "$.links[2]");
    }

    [Theory]
    [InlineData("""{"target":"a.example","lisen":"[::]:443"}""", "$.lisen")]
    [InlineData("""{"target":"a.example","target":"a.example"}""", "$.target")]
    [InlineData("""{"target":null}""", "$.target")]
    [InlineData("""{"target":"a.example","drainSeconds":"1"}""", "$.drainSeconds")]
    [InlineData("{}", "$.target")]
    public void One_fault_alone_is_found(string text, string path) =>
        Assert.Equal([path], Problems(text).Select(p => p.Path));

    [Fact]
    public void Nothing_in_a_list_is_a_fault_alone()
    {
        var problems = new List<Problem>();
        Assert.Null(StrictJson.Read("""{"links":[null]}"""u8.ToArray(), ConfigJson.Default.ClientConfig, problems));
        Assert.Equal("$.links[0]", Assert.Single(problems).Path);
    }

    [Theory]
    [InlineData("""{"people":[{"version":7}],"version":3}""", 3)]
    [InlineData("""{"version":2,"version":3}""", 3)]
    [InlineData("""[{"version":7}]""", null)]
    [InlineData("""{"version":"3"}""", null)]
    [InlineData("""{"version":3""", null)]
    public void The_version_is_a_number_of_the_root(string text, int? version) =>
        Assert.Equal(version, StrictJson.PeekVersion(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_bad_link_is_named_by_its_index_and_key()
    {
        var problems = new List<Problem>();
        ClientConfig.Read("""{"links":["vless://a@b.example:443?security=tls"]}"""u8.ToArray(), problems);
        Assert.Contains(problems, p => p.Path == "$.links[0] security");
    }

    [Fact]
    public void A_name_without_a_password_is_refused()
    {
        var problems = new List<Problem>();
        ClientConfig.Read("""{"links":[],"username":"me"}"""u8.ToArray(), problems);
        Assert.Contains(problems, p => p.Path == "$.username");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"target\":\"a.example\",}")]
    [InlineData("{\"target\":\"a.example\"} {}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public void What_is_not_json_is_one_problem(string text) => Assert.Single(Problems(text));

    [Fact]
    public void A_newer_file_is_refused_by_its_version() =>
        Assert.Equal(["$.version"], Problems("""{"version":2,"target":"a.example"}""").Select(p => p.Path));

    [Fact]
    public void Peeks_at_a_version_without_reading_the_rest()
    {
        Assert.Equal(7, StrictJson.PeekVersion("""{"other":[1],"version":7}"""u8.ToArray()));
        Assert.Null(StrictJson.PeekVersion("""{"version":"7"}"""u8.ToArray()));
        Assert.Null(StrictJson.PeekVersion("{"u8.ToArray()));
    }

    [Theory]
    [InlineData("""{"X":1}""")]
    [InlineData("""{"links":["X"]}""")]
    [InlineData("""{"answers":"X"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"answers":"\ud800"}""")]
    public void A_text_that_is_none_is_said_wherever_it_stands(string text)
    {
        var json = System.Text.Encoding.ASCII.GetBytes(text);
        if (Array.IndexOf(json, (byte)'X') is >= 0 and var at)
            json[at] = 0xC4;
        var problems = new List<Problem>();
        Assert.Null(ClientConfig.Read(json, problems));
        Assert.NotEmpty(problems);
        Assert.Null(StrictJson.PeekVersion(json));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var good = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "examples", "client.json"));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, octet, cut) =>
        {
            var bad = good.ToArray();
            bad[at] = octet;
            var problems = new List<Problem>();
            var config = ClientConfig.Read(bad.AsMemory(0, cut), problems);
            Assert.Equal(config is null, problems.Count > 0);
        }, iter: 2_000);
    }

    [Fact]
    public void Keys_show_no_secret()
    {
        var problems = new List<Problem>();
        var keys = NodeKeys.Read(
            """{"version":1,"privateKey":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"""u8.ToArray(), problems)!;
        Assert.Equal("NodeKeys", keys.ToString());
        var octets = new byte[32];
        keys.CopyPrivateKey(octets);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (byte)i), octets);
        Assert.False(keys.TryCopyMlDsaSeed(octets));
        NodeKeys.Read("""{"privateKey":"secret-secret"}"""u8.ToArray(), problems);
        Assert.DoesNotContain("secret-secret", problems.Single().ToString(), StringComparison.Ordinal);
    }

    private static List<Problem> Problems(string json)
    {
        var problems = new List<Problem>();
        Assert.Null(NodeConfig.Read(Encoding.UTF8.GetBytes(json), problems));
        return problems;
    }
}
