using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>What a node tells its owner: at its start, and when it is asked.</summary>
public sealed class StatusTests : NodeBed
{
    private const string Foreign = "the target's certificate is not one that this system trusts";

    [Fact]
    public async Task Status_says_how_old_what_was_learnt_is_and_what_is_wrong()
    {
        // The site's certificate is from a private root, which is what the owner is warned of.
        await using var node = Karez(ServeForPeople("n"));
        await node.HearAsync($"warning: {Foreign}");
        var first = await AskAsync();
        // What there is nothing to say of is left out.
        Assert.False(first.TryGetProperty("profileAgeSeconds", out _));
        Assert.False(first.TryGetProperty("targetTrouble", out _));
        Assert.StartsWith(Foreign, Assert.Single(WarningsOf(first)), StringComparison.Ordinal);
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.EndAsync());

        // What a round of learning leaves; the profile is of yesterday. The node listens at once, and warns again.
        await LearnAsync();
        await using var again = Karez("serve", "--state", "n");
        await again.HearAsync($"warning: {Foreign}");
        var later = await AskAsync();
        Assert.InRange(later.GetProperty("profileAgeSeconds").GetDouble(), 86_400, 86_400 + 120);
        Assert.StartsWith(Foreign, Assert.Single(WarningsOf(later)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_went_away_is_told_and_shown()
    {
        await using (var first = Karez(ServeForPeople("n")))
        {
            await first.HearAsync("listening on");
            await first.SignalAsync("TERM");
            Assert.Equal(0, await first.EndAsync());
        }

        await LearnAsync();
        await EndSiteAsync();
        await using var node = Karez("serve", "--state", "n");
        await node.HearAsync("warning: the target is not well:");
        var status = await AskAsync();
        var trouble = status.GetProperty("targetTrouble").GetString();
        Assert.False(string.IsNullOrEmpty(trouble));
        Assert.Contains(trouble, node.Said, StringComparison.Ordinal);
        Assert.Contains(WarningsOf(status), w => w.Contains(trouble, StringComparison.Ordinal));
    }

    /// <summary>Leaves in the node's state what a round of learning would have, yesterday.</summary>
    private Task LearnAsync() => File.WriteAllTextAsync(
        Path.Combine(Folder, "n", "learnt.json"),
        $$"""
        {"target":"127.0.0.1:{{Https}}","at":"{{DateTimeOffset.UtcNow.AddDays(-1):O}}","version":3,
         "chainValid":false,
         "profiles":[{"name":"{{SiteName}}","alpn":"Http2","observed":[[[255],[255]]],"asked":[],"silent":[],
                      "unfinished":[],"maxUseless":32}]}
        """,
        TestContext.Current.CancellationToken);

    private string[] ServeForPeople(string state) =>
        [.. ServeArguments(state, "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1").Where(a => a != "--json")];

    private async Task<JsonElement> AskAsync()
    {
        await using var status = Karez("status", "--state", "n", "--json");
        using var said = JsonDocument.Parse(await status.LineAsync());
        Assert.Equal(0, await status.EndAsync());
        return said.RootElement.Clone();
    }

    private static IEnumerable<string> WarningsOf(JsonElement status) =>
        status.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!);
}
