using System.Text.Json;

namespace Karez.Cli.Tests.Scouting;

/// <summary>karez scout against sites of several kinds, as its own process.</summary>
public sealed class ScoutTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-scout-").FullName;
    private LocalSites? _sites;

    private LocalSites Sites
    {
        get
        {
            Assert.SkipWhen(_sites is null, LocalSites.WhyNot ?? "");
            return _sites;
        }
    }

    [Fact]
    public async Task Each_kind_of_site_is_judged_for_what_it_is()
    {
        var closed = 1;
        int[] ports =
        [
            Sites.Good, Sites.Old, Sites.Retrying, Sites.Tiny, Sites.Redirecting, Sites.Plain, Sites.Failing, closed,
        ];
        await using var scout = Scout(["--json", .. ports.Select(p => $"localhost:{p}")]);
        using var said = JsonDocument.Parse(await scout.LineAsync());
        var code = await scout.EndAsync();
        Assert.Empty(scout.Said); // nobody looks: no progress
        var answers = said.RootElement.EnumerateArray().ToDictionary(
            a => int.Parse(a.GetProperty("host").GetString()!.Split(':')[1]));
        Assert.Equal(ports.Length, answers.Count);

        var good = answers[Sites.Good];
        Assert.SkipWhen(
            Reasons(good, "against") is [var only] && only.Contains(" ms away", StringComparison.Ordinal),
            "this machine is so busy that loopback looks far away");
        Assert.Equal(0, code);
        Assert.True(good.GetProperty("good").GetBoolean(), good.ToString());
        Assert.Equal("h2", good.GetProperty("alpn").GetString());
        Assert.Equal("X25519", good.GetProperty("group").GetString());
        Assert.Equal(200, good.GetProperty("status").GetInt32());
        Assert.Equal(4, good.GetProperty("records").GetArrayLength());
        Assert.InRange(good.GetProperty("certificateOctets").GetInt32(), 1_000, 4_000);
        Assert.InRange(good.GetProperty("tickets").GetInt32(), 1, 4);
        Assert.InRange(good.GetProperty("roundTripMs").GetDouble(), 0, 150);
        Assert.Contains(
            [.. Reasons(good, "for"), .. Reasons(good, "notes")], r => r.Contains(" ms", StringComparison.Ordinal));
        foreach (var word in (string[])["HTTP/2", "4 records", "trusted", "its own"])
            Assert.Contains(Reasons(good, "for"), r => r.Contains(word, StringComparison.Ordinal));
        foreach (var word in (string[])["X25519 alone", "ML-DSA-65"])
            Assert.Contains(Reasons(good, "notes"), r => r.Contains(word, StringComparison.Ordinal));

        AssertBad(Sites.Old, "no TLS 1.3");
        AssertBad(Sites.Retrying, "HelloRetryRequest");
        AssertBad(Sites.Tiny, "octets of certificates");
        AssertBad(Sites.Redirecting, "leads to elsewhere.example");
        AssertBad(Sites.Plain, "no HTTP/2");
        AssertBad(Sites.Failing, "fails (503)");
        AssertBad(closed, "refuses connections");
        Assert.Equal("elsewhere.example", answers[Sites.Redirecting].GetProperty("redirect").GetString());

        void AssertBad(int port, string why)
        {
            Assert.False(answers[port].GetProperty("good").GetBoolean());
            Assert.Contains(Reasons(answers[port], "against"), r => r.Contains(why, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_table_names_each_site_and_why_and_the_good_ones_first()
    {
        await using var scout = Scout([$"localhost:{Sites.Plain}", $"localhost:{Sites.Good}"]);
        var lines = new List<string>();
        for (var i = 0; i < 5; i++)
            lines.Add(await scout.LineAsync());
        Assert.Equal(0, await scout.EndAsync());
        Assert.StartsWith("SITE", lines[0], StringComparison.Ordinal);
        Assert.Matches($"^localhost:{Sites.Good} +yes ", lines[1]);
        Assert.Matches($"^localhost:{Sites.Plain} +no ", lines[2]);
        Assert.Equal(["", $"localhost:{Sites.Good}"], lines[3..5]);
    }

    [Fact]
    public async Task Code_1_says_that_none_will_do()
    {
        await using var scout = Scout([$"localhost:{Sites.Old}", "localhost:1"]);
        Assert.Equal(1, await scout.EndAsync());
    }

    [Fact]
    public async Task A_chain_that_the_system_does_not_trust_is_said_and_its_page_is_not_looked_at()
    {
        await using var scout = new Running("karez", _folder, "scout", "--json", $"localhost:{Sites.Good}");
        using var said = JsonDocument.Parse(await scout.LineAsync());
        Assert.Equal(1, await scout.EndAsync());
        Assert.Contains("not one that this system trusts", said.RootElement[0].GetProperty("against")[0].GetString());
        Assert.False(said.RootElement[0].TryGetProperty("status", out _));
    }

    [Fact]
    public async Task Names_come_from_a_file_and_from_standard_input_and_are_at_most_50()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "sites.txt"), "# two of them\nlocalhost:1\n\nlocalhost:2\n");
        await using (var scout = new Running("karez", _folder, "scout", "--json", "sites.txt"))
        {
            using var said = JsonDocument.Parse(await scout.LineAsync());
            Assert.Equal(2, said.RootElement.GetArrayLength());
            Assert.Equal(1, await scout.EndAsync());
        }

        await using (var scout = new Running("karez", _folder, "scout", "-", "--json"))
        {
            await scout.Input.WriteAsync("localhost:3\n");
            scout.Input.Close();
            using var said = JsonDocument.Parse(await scout.LineAsync());
            Assert.Equal("localhost:3", said.RootElement[0].GetProperty("host").GetString());
        }

        var names = Enumerable.Range(1, 51).Select(i => $"n{i}.example");
        await using var many = new Running("karez", _folder, ["scout", .. names]);
        Assert.Equal(2, await many.EndAsync());
        Assert.StartsWith("karez: more than 50 sites", many.Said, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        if (LocalSites.WhyNot is null)
            _sites = await LocalSites.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        _sites?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static List<string> Reasons(JsonElement answer, string kind) =>
        [.. answer.GetProperty(kind).EnumerateArray().Select(r => r.GetString()!)];

    private Running Scout(string[] arguments) => new(
        "/usr/bin/env",
        _folder,
        [.. Sites.Trust, Path.Combine(AppContext.BaseDirectory, "karez"), "scout", .. arguments]);
}
