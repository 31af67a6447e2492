using System.Text.Json;
using Karez.Tests;

namespace Karez.Cli.Tests;

/// <summary>A client whose links come from a signed list: fetched, kept, renewed, and refused when it is older.</summary>
public sealed class SubscriptionTests : NodeBed
{
    [Fact]
    public async Task A_client_without_a_link_gets_them_from_the_second_place_keeps_them_and_takes_only_newer_ones()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        link = link!.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal); // it was printed
        await File.WriteAllTextAsync(Path.Combine(Folder, "links.txt"), link + "\n", stop);
        var first = await BundleAsync(1);
        using var place = new Place { Document = first.Bundle };
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "client.json"),
            $$"""
            { "links": [], "listen": "127.0.0.1:0",
              "subscriptions": [{ "urls": ["http://127.0.0.1:1/list", "{{place.Url}}"], "key": "{{first.Key}}" }] }
            """,
            stop);
        await using (var client = Connect())
        {
            await FetchAsync(client);
            Assert.Equal(1, place.Asked);
            await client.SignalAsync("TERM");
            await client.EndAsync();
        }

        // Kept: at the next start nobody is asked before there is a channel; then through it, and what is there is
        // judged.
        place.Document = (await BundleAsync(0)).Bundle;
        await using (var client = Connect())
        {
            await FetchAsync(client);
            await client.HearAsync("note: what 127.0.0.1 has is refused: it is older than what is kept");
            await FetchAsync(client, isStarted: true);
            await client.SignalAsync("TERM");
            await client.EndAsync();
        }

        var further = link.Replace("@127.0.0.1:", "@127.0.0.2:", StringComparison.Ordinal);
        await File.AppendAllTextAsync(Path.Combine(Folder, "links.txt"), further, stop);
        place.Document = (await BundleAsync(2)).Bundle;
        await using (var client = Connect())
        {
            await FetchAsync(client);
            await client.HearAsync("note: 127.0.0.1 has 2 links, from now on used");
            await FetchAsync(client, isStarted: true);
            await node.SignalAsync("TERM");
            Assert.Equal(0, await node.EndAsync());
        }
    }

    [Fact]
    public async Task Without_a_link_and_without_a_place_that_answers_it_says_so()
    {
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "client.json"),
            """{ "links": [], "listen": "127.0.0.1:0", "subscriptions": [{ "urls": ["https://127.0.0.1:1/list"] }] }""",
            TestContext.Current.CancellationToken);
        await using var client = Connect();
        Assert.Equal(2, await client.EndAsync());
        await client.HearAsync("note: 127.0.0.1 does not answer");
        await client.HearAsync("there is no link, and none could be fetched");
    }

    private string _listen = "";

    private Running Connect() => Karez("connect", "--config", "client.json", "--state", "c", "--json");

    private async Task FetchAsync(Running client, bool isStarted = false)
    {
        if (!isStarted)
        {
            using var ready = JsonDocument.Parse(await client.LineAsync());
            _listen = ready.RootElement.GetProperty("listen").GetString()!;
        }

        using var http = Through(_listen);
        var page = new Uri($"http://127.0.0.1:{Http}/bytes/20");
        Assert.Equal(20, (await http.GetByteArrayAsync(page, TestContext.Current.CancellationToken)).Length);
    }

    private async Task<(string Key, string Bundle)> BundleAsync(int serial)
    {
        using var output = new StringWriter();
        string[] arguments =
            ["bundle", Path.Combine(Folder, "links.txt"), "--serial", $"{serial}", "--key", Path.Combine(Folder, "key"), "--json"];
        var terminal = new Terminal(TextReader.Null, output, TextWriter.Null);
        Assert.Equal(0, await KarezCommand.RunAsync(arguments, terminal, TestContext.Current.CancellationToken));
        using var answer = JsonDocument.Parse(output.ToString());
        return (answer.RootElement.GetProperty("publicKey").GetString()!,
            answer.RootElement.GetProperty("bundle").GetString()!);
    }

    /// <summary>A web server with one document.</summary>
    private sealed class Place : IDisposable
    {
        private readonly DocumentServer _server;

        public Place() => _server = new DocumentServer(() =>
        {
            Asked++;
            return ("200 OK", Document);
        });

        public string Document { get; set; } = "";

        public int Asked { get; private set; }

        public string Url => _server.Url;

        public void Dispose() => _server.Dispose();
    }
}
