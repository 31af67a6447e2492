using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>karez why names the way, the rule and who sees what.</summary>
public sealed class WhyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-why-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_rules_a_name_goes_through_the_channel_and_no_resolver_here_is_asked()
    {
        var (code, output, error) = await WhyAsync("www.example.org");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Equal(
            """
            goes         channel (www.example.org, port 443, tcp)
            rule         otherwise
            names        no resolver here is asked: the node finds the address (with --tun programs get a fake one)
            carrier      sees a TLS connection to the node with the borrowed name in its hello; how much goes when, not where to

            """,
            output);
    }

    [Theory]
    [InlineData("printer.local", "with --tun answered here: no such name, since it is none of the public DNS; ")]
    [InlineData("localhost", "with --tun answered here with this machine's own address")]
    [InlineData("use-application-dns.net", "with --tun answered here: no such name, so that browsers ask here")]
    public async Task Names_that_are_answered_by_what_they_are_say_so(string name, string names)
    {
        var (code, output, _) = await WhyAsync(name);
        Assert.Equal(0, code);
        Assert.Contains($"names        {names}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_address_goes_direct()
    {
        var (_, output, _) = await WhyAsync("192.168.7.1:22");
        Assert.Contains("goes         direct (192.168.7.1, port 22, tcp)", output, StringComparison.Ordinal);
        Assert.Contains("rule         private addresses: 192.168.0.0/16", output, StringComparison.Ordinal);
        Assert.Contains("carrier      sees a connection to 192.168.7.1, port 22\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rule_its_entry_its_list_and_its_file_are_named()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "ads.txt"), "ads.example\n");
        var config = Path.Combine(_folder, "client.json");
        await File.WriteAllTextAsync(config,
            """
            { "links": ["vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@203.0.113.7:443?security=reality&flow=xtls-rprx-vision&sni=www.example.com&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo&sid=0123456789abcdef"],
              "route": { "files": ["ads.txt"], "rules": [
                { "to": "refuse", "lists": ["ads.txt"] },
                { "to": "direct", "names": ["example.cn"], "ports": ["80"] },
                { "to": "direct", "names": ["home.example"] } ] } }
            """);
        for (var i = 0; i < 2; i++) // the second time from the compiled file
        {
            var (code, output, error) = await WhyAsync("x.ads.example", "--config", config, "--json");
            Assert.Equal((0, ""), (code, error));
            using var why = JsonDocument.Parse(output);
            Assert.Equal("refuse", why.RootElement.GetProperty("goes").GetString());
            Assert.Equal("$.route.rules[0]", why.RootElement.GetProperty("rule").GetString());
            Assert.Equal("ads.example", why.RootElement.GetProperty("matched").GetString());
            Assert.Equal("ads.txt", why.RootElement.GetProperty("file").GetString());
            Assert.True(File.Exists(Path.Combine(_folder, "ads.txt.karez")));
        }

        var (_, direct, _) = await WhyAsync("a.home.example", "--config", config);
        Assert.Contains("the direct resolver is asked for a.home.example", direct, StringComparison.Ordinal);
        var (_, node, _) = await WhyAsync("example.net", "--config", config);
        Assert.Contains("203.0.113.7:443 with www.example.com in its hello", node, StringComparison.Ordinal);
        // A name is decided before its port is known.
        var (_, port, _) = await WhyAsync("example.cn:80", "--config", config);
        Assert.Contains("goes         channel", port, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("www.example.org", "--home", "cn")]
    [InlineData("www.example.org", "--geo", "/no/such/file")]
    [InlineData("not a name")]
    public async Task Wrong_use_is_two_lines_and_code_2(params string[] arguments)
    {
        var (code, output, error) = await WhyAsync(arguments);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal(2, error.TrimEnd('\n').Split('\n').Length);
    }

    private static async Task<(int Code, string Output, string Error)> WhyAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(TextReader.Null, output, error);
        var code = await KarezCommand.RunAsync(
            ["why", .. arguments], terminal, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
