using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>karez connect names the side that failed, and goes on with the next link.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private const string Elsewhere =
        "vless://66ad4540-b58c-4ad2-9926-ea63445a9b57@HOST?encryption=none&security=reality&type=tcp"
        + "&flow=xtls-rprx-vision&sni=www.site.example&fp=chrome&pbk=eaYx7t4b-cmPEgMs3q3Q56B5OY_HhriMyEbsia-FpRo"
        + "&sid=0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-connect-").FullName;
    private Running _site = null!;
    private int _https;
    private int _http;

    [Fact]
    public async Task This_machine_is_named_when_the_nodes_name_does_not_resolve()
    {
        await using var client = Connect(Elsewhere.Replace("HOST", "node.invalid:443", StringComparison.Ordinal));
        await FailThroughAsync(client);
        await client.HearAsync("karez: this machine: node.invalid:443 does not resolve");
        await client.HearAsync("hint: check the name");
    }

    [Fact]
    public async Task The_path_is_named_when_the_connection_breaks_off_before_the_handshake_is_over()
    {
        using var cutter = new TcpListener(IPAddress.Loopback, 0);
        cutter.Start();
        var cutting = Task.Run(async () =>
        {
            using var caller = await cutter.AcceptTcpClientAsync();
            await caller.GetStream().ReadAtLeastAsync(new byte[4096], 1);
        });
        var link = Elsewhere.Replace("HOST", $"{cutter.LocalEndpoint}", StringComparison.Ordinal);
        await using var client = Connect(link);
        await FailThroughAsync(client);
        await client.HearAsync($"karez: the path: the connection to {cutter.LocalEndpoint} broke off");
        await cutting;
    }

    [Fact]
    public async Task The_node_is_named_when_nothing_listens_there()
    {
        await using var client = Connect(Elsewhere.Replace("HOST", "127.0.0.1:1", StringComparison.Ordinal));
        await FailThroughAsync(client);
        await client.HearAsync("karez: the node: nothing listens at 127.0.0.1:1");
    }

    [Fact]
    public async Task Status_says_how_a_client_without_a_device_is_and_how_many_connections_its_node_sees()
    {
        await using var node = Serve();
        await using var client = Connect(await LinkAsync(node));
        using (var http = Through(await ListenAsync(client)))
        {
            await Task.WhenAll(Enumerable.Range(0, 30).Select(
                _ => http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_http}/bytes/2000"))));
        }

        await using var asking = new Running("karez", _folder, "status", "--state", "c", "--json");
        using var answer = JsonDocument.Parse(await asking.LineAsync());
        Assert.Equal("serving", answer.RootElement.GetProperty("state").GetString());
        var seen = Assert.Single(answer.RootElement.GetProperty("nodes").EnumerateArray());
        Assert.Equal(12, seen.GetProperty("limit").GetInt32());
        Assert.InRange(seen.GetProperty("most").GetInt32(), 1, 12);
        Assert.Equal(0, seen.GetProperty("beyond").GetInt64());

        await using var reading = new Running("karez", _folder, "status", "--state", "c");
        Assert.StartsWith("listening ", await reading.LineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("through ", await reading.LineAsync(), StringComparison.Ordinal);
        Assert.Matches(
            @"^node +\S+: \d+ ms; \d+ of 12 connections \(\d+ at most\), .* share", await reading.LineAsync());
        await using var ending = new Running("karez", _folder, "disconnect", "--state", "c");
        Assert.NotEqual(0, await ending.EndAsync());
        Assert.Contains("carries no device", ending.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_site_is_named_when_the_node_cannot_reach_it_and_nothing_has_passed_yet()
    {
        await using var node = Serve();
        await using var client = Connect(await LinkAsync(node));
        using var http = Through(await ListenAsync(client));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(new Uri("http://127.0.0.1:1/")));
        await client.HearAsync("karez: the site: it refused the connection");
        Assert.Equal(
            20, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_http}/bytes/20"))).Length);
        await client.HearAsync("carrying traffic, ");
    }

    [Fact]
    public async Task Of_several_links_in_a_file_the_first_that_can_be_reached_is_used_and_it_is_said()
    {
        await using var node = Serve();
        var away = Elsewhere.Replace("HOST", "127.0.0.1:1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "links.txt"), $"# mine\n{away}\nss://no-link-of-ours\n{await LinkAsync(node)}\n");
        await using var client = Connect("links.txt");
        using var http = Through(await ListenAsync(client));
        Assert.Equal(20, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_http}/bytes/20"))).Length);
        await client.HearAsync("note: line 3 is left out: ");
        await client.HearAsync("karez: the node: nothing listens at 127.0.0.1:1");
        await client.HearAsync("going through 127.0.0.1:");
        await client.HearAsync("carrying traffic, ");
    }

    [Fact]
    public async Task Links_come_from_standard_input_too()
    {
        await using var node = Serve();
        await using var client = Connect("-");
        await client.Input.WriteLineAsync(await LinkAsync(node));
        client.Input.Close();
        using var http = Through(await ListenAsync(client));
        Assert.Equal(20, (await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_http}/bytes/20"))).Length);
    }

    public async ValueTask InitializeAsync()
    {
        _site = new Running(
            "karez-site", _folder, "--lifeline", "--state", "site", "--host", "www.site.example",
            "--http", "127.0.0.1:0");
        using var ready = JsonDocument.Parse(await _site.LineAsync());
        _https = ready.RootElement.GetProperty("https").GetInt32();
        _http = ready.RootElement.GetProperty("http").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task FailThroughAsync(Running client)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPEndPoint.Parse(await ListenAsync(client)));
        var request = Encoding.ASCII.GetBytes("GET http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n");
        await socket.GetStream().WriteAsync(request);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 50", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> ListenAsync(Running client)
    {
        using var ready = JsonDocument.Parse(await client.LineAsync());
        return ready.RootElement.GetProperty("listen").GetString()!;
    }

    private static async Task<string> LinkAsync(Running node)
    {
        using var ready = JsonDocument.Parse(await node.LineAsync());
        var listen = ready.RootElement.GetProperty("listen").GetString();
        return ready.RootElement.GetProperty("link").GetString()!
            .Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
    }

    private static HttpClient Through(string proxy) =>
        new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{proxy}") });

    private Running Connect(string link) =>
        new("karez", _folder, "connect", link, "--state", "c", "--listen", "127.0.0.1:0", "--json");

    private Running Serve() => new(
        "karez", _folder, "serve", "--state", "n", "--target", $"127.0.0.1:{_https}", "--name", "www.site.example",
        "--allow-private", "--json", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
}
