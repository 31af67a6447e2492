using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Karez.Cli.Tests;

/// <summary>Node, client and trial as their own processes, over real sockets on loopback.</summary>
public sealed class RolesTests : NodeBed
{
    [Fact]
    public async Task A_node_and_a_client_carry_pages_and_revoking_shuts_the_person_out()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        Assert.NotNull(link);
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await using var client = Karez("connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        using var http = Through(ready.RootElement.GetProperty("listen").GetString()!);

        var octets = await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/100000"));
        Assert.Equal(100_000, octets.Length);
        await client.HearAsync("carrying traffic, ");

        await using (var status = Karez("status", "--state", "n", "--json"))
        {
            using var said = JsonDocument.Parse(await status.LineAsync());
            var me = said.RootElement.GetProperty("people")[0];
            Assert.Equal("me", me.GetProperty("name").GetString());
            Assert.Equal(0, await status.EndAsync());
        }

        await using var revoke = Karez("revoke", "me", "--state", "n", "--json");
        Assert.Equal("""{"ok":true,"running":true}""", await revoke.LineAsync());
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Http}/bytes/1")));
        await client.HearAsync("karez: the node: it did not recognise this link");
        await client.HearAsync("hint: a private site: revoked or mistyped, or this clock is off by more than 90 s");

        foreach (var role in (Running[])[client, node])
        {
            await role.SignalAsync("TERM");
            Assert.Equal(0, await role.EndAsync());
        }
    }

    [Fact]
    public async Task A_busy_node_keeps_no_destination_and_no_address_of_a_client()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        var (listen, link) = await NodeAsync(node);
        Assert.NotNull(link);
        var here = link.Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await using var client = Karez("connect", here, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var ready = JsonDocument.Parse(await client.LineAsync());
        using var http = Through(ready.RootElement.GetProperty("listen").GetString()!);

        // Addresses and a name that nothing else here has: destinations, reached and not reached, and a visitor.
        using var origin = new TcpListener(IPAddress.Parse("127.0.0.77"), 0);
        origin.Start();
        var answering = AnswerAsync(origin, 20);
        for (var visit = 0; visit < 20; visit++)
            Assert.Equal("ok", await http.GetStringAsync(new Uri($"http://{origin.LocalEndpoint}/{visit}")));
        await answering;
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => http.GetByteArrayAsync(new Uri("http://unheard-of.invalid/")));
        var proxy = ready.RootElement.GetProperty("listen").GetString()!;
        await EchoOnceAsync(proxy, "127.0.0.79");
        Assert.Equal("ok", await BehindConnectAsync(proxy, "127.0.0.81", "inner-name-of.example"));
        Assert.Equal("HTTP/1.1 502", await StatusOfConnectAsync(proxy, "127.0.0.82:9"));
        Assert.Equal("HTTP/1.1 403", await StatusOfConnectAsync(proxy, "224.0.0.83:9"));
        using (var stranger = new TcpClient(new IPEndPoint(IPAddress.Parse("127.0.0.78"), 0)))
        {
            await stranger.ConnectAsync(IPEndPoint.Parse(listen));
            await stranger.GetStream().WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        }

        await using (var status = Karez("status", "--state", "n", "--json"))
            AssertKept(await status.LineAsync());
        await node.SignalAsync("TERM");
        Assert.Equal(0, await node.EndAsync());
        AssertKept(node.Said);
        var files = Directory.GetFiles(Path.Combine(Folder, "n"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
            AssertKept(await File.ReadAllTextAsync(file));

        static async Task AnswerAsync(TcpListener origin, int times)
        {
            for (var visit = 0; visit < times; visit++)
            {
                using var caller = await origin.AcceptTcpClientAsync();
                await caller.GetStream().ReadAtLeastAsync(new byte[4096], 1);
                await caller.GetStream().WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
            }
        }

        static void AssertKept(string text)
        {
            string[] traces =
            [
                "127.0.0.77", "127.0.0.78", "unheard-of", "127.0.0.79", "127.0.0.81", "inner-name-of", "127.0.0.82",
                "224.0.0.83",
            ];
            foreach (var trace in traces)
                Assert.DoesNotContain(trace, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_second_start_needs_no_argument_and_prints_no_link()
    {
        await using (var first = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1"))
        {
            await NodeAsync(first);
            await using var second = Karez("serve", "--state", "n", "--json");
            Assert.Equal(1, await second.EndAsync());
            Assert.Contains("already running", second.Said, StringComparison.Ordinal);
            await first.SignalAsync("INT");
            Assert.Equal(0, await first.EndAsync());
        }

        await using var again = Karez("serve", "--state", "n", "--json");
        var (_, link) = await NodeAsync(again);
        Assert.Null(link);
    }

    [Fact]
    public async Task A_node_reads_its_people_again_on_sighup()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        await NodeAsync(node);
        await File.WriteAllTextAsync(Path.Combine(Folder, "n", "roster.json"), "{");
        await node.SignalAsync("HUP");
        await node.HearAsync("not read again");

        // Another one, made elsewhere and put in place by hand.
        await using (var restored = Karez("invite", "Ali", "--state", await CopyAsync("n", "m")))
            Assert.Equal(0, await restored.EndAsync());
        File.Copy(Path.Combine(Folder, "m", "roster.json"), Path.Combine(Folder, "n", "roster.json"), overwrite: true);
        await node.SignalAsync("HUP");
        Assert.Contains("Ali", await StatusAsync(until: "Ali"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_says_that_it_does_not_run_with_what_node_json_says_now()
    {
        await using var node = Serve("n", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
        await NodeAsync(node);
        var file = Path.Combine(Folder, "n", "node.json");
        var written = await File.ReadAllTextAsync(file);
        var target = JsonNode.Parse(written)!["target"]!.ToString();
        await File.WriteAllTextAsync(
            file, written.Replace(target, "elsewhere.example:443", StringComparison.Ordinal));
        await node.SignalAsync("HUP");
        await node.HearAsync("has changed since the start");
        var status = await StatusAsync(until: "has changed since the start");
        Assert.Contains(target, status, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere.example", status, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, written);
        await node.SignalAsync("HUP");
        await StatusAsync(until: "has changed since the start", isGone: true);
    }

    /// <summary>A copy of a state folder without what only a running node has.</summary>
    private async Task<string> CopyAsync(string from, string to)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, to)).FullName;
        foreach (var name in (string[])["node.json", "keys.json"])
            File.Copy(Path.Combine(Folder, from, name), Path.Combine(folder, name));
        await File.WriteAllTextAsync(Path.Combine(folder, "roster.json"), """{"people":[],"version":1}""");
        return to;
    }

    /// <summary>Asks the node until its answer has a text, or has it no more.</summary>
    private async Task<string> StatusAsync(string until, bool isGone = false)
    {
        var said = "";
        for (var tries = 0; tries < 50; tries++)
        {
            await using var status = Karez("status", "--state", "n", "--json");
            said = await status.LineAsync();
            Assert.Equal(0, await status.EndAsync());
            if (said.Contains(until, StringComparison.Ordinal) != isGone)
                break;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.NotEqual(isGone, said.Contains(until, StringComparison.Ordinal));
        return said;
    }

    [Fact]
    public async Task A_port_in_use_is_told_and_makes_no_node()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var node = Serve("n", "--listen", $"{taken.LocalEndpoint}", "--address", "127.0.0.1:1");
        Assert.Equal(1, await node.EndAsync());
        Assert.StartsWith("karez: something else listens on", node.Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Folder, "n", "keys.json")));
    }

    [Fact]
    public async Task No_permission_to_bind_is_told_in_two_lines()
    {
        var least = await File.ReadAllTextAsync(
            "/proc/sys/net/ipv4/ip_unprivileged_port_start", TestContext.Current.CancellationToken);
        Assert.SkipWhen(int.Parse(least) <= 80, "every port is anybody's on this machine");
        string[] arguments = ServeArguments("n", "--listen", "127.0.0.1:80", "--address", "127.0.0.1:1");
        // root without the one capability that counts here
        await using var node = Environment.IsPrivilegedProcess
            ? new Running(
                "/usr/bin/setpriv", Folder,
                ["--bounding-set=-net_bind_service", Path.Combine(AppContext.BaseDirectory, "karez"), .. arguments])
            : Karez(arguments);
        Assert.Equal(1, await node.EndAsync());
        Assert.StartsWith("karez: no permission to listen on 127.0.0.1:80", node.Said, StringComparison.Ordinal);
        Assert.Contains("hint: ports below 1024 are root's", node.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_away_is_refused_at_the_first_start()
    {
        await using var node = Karez(
            "serve", "--state", "n", "--target", "127.0.0.1:1", "--name", "a.example", "--address", "127.0.0.1",
            "--listen", "127.0.0.1:0");
        Assert.Equal(1, await node.EndAsync());
        Assert.Contains("the target cannot be used", node.Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Folder, "n", "keys.json")));
    }

    [Fact]
    public async Task A_trial_holds_and_says_so()
    {
        await using var trial = Karez("try", "--once", "--json");
        using var said = JsonDocument.Parse(await trial.LineAsync());
        Assert.Equal(0, await trial.EndAsync());
        var root = said.RootElement;
        string[] held = ["ok", "page", "picture", "download", "plainPage", "stranger", "sni", "hello", "records", "hidden"];
        Assert.All(held, name => Assert.True(root.GetProperty(name).GetBoolean(), name));
    }

    [Fact]
    public async Task A_trials_site_ends_with_it_even_when_it_is_killed()
    {
        await using var trial = Karez("try", "--listen", "127.0.0.1:0");
        await trial.HearAsync("Ctrl-C ends all of it");
        var site = ChildrenOf(trial.Id).Single();
        await trial.SignalAsync("KILL");
        await trial.EndAsync();
        for (var i = 0; i < 500 && Directory.Exists($"/proc/{site}"); i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists($"/proc/{site}"));
    }

    /// <summary>A datagram there and back by UDP ASSOCIATE.</summary>
    private static async Task EchoOnceAsync(string proxy, string address)
    {
        await using var echo = new EchoSocket(address);
        using var datagrams = await LocalDatagrams.StartAsync(proxy);
        await datagrams.SendAsync(echo.EndPoint, "there and back"u8.ToArray());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal("there and back"u8.ToArray(), await datagrams.ReceiveAsync(patience.Token));
    }

    /// <summary>What a site says inside TLS, inside CONNECT.</summary>
    private static async Task<string> BehindConnectAsync(string proxy, string address, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var site = new TcpListener(IPAddress.Parse(address), 0);
        site.Start();
        var serving = Task.Run(async () =>
        {
            using var caller = await site.AcceptTcpClientAsync();
            await using var tls = new SslStream(caller.GetStream());
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadAtLeastAsync(new byte[4096], 1);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray());
        });
        using var http = new HttpClient(new SocketsHttpHandler
        {
            Proxy = new WebProxy($"http://{proxy}"),
            SslOptions = { TargetHost = name, RemoteCertificateValidationCallback = (_, _, _, _) => true },
        });
        var said = await http.GetStringAsync(new Uri($"https://{site.LocalEndpoint}/"));
        await serving;
        return said;
    }

    private static async Task<string> StatusOfConnectAsync(string proxy, string destination)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPEndPoint.Parse(proxy));
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n\r\n"));
        var status = new byte["HTTP/1.1 502".Length];
        await stream.ReadExactlyAsync(status);
        return Encoding.ASCII.GetString(status);
    }

    private static IEnumerable<int> ChildrenOf(int parent) =>
        from folder in Directory.GetDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out _) && File.Exists($"{folder}/stat")
        let fields = Fields($"{folder}/stat")
        where fields.Length > 1 && fields[1] == $"{parent}"
        select int.Parse(Path.GetFileName(folder));

    // proc(5): the name in parentheses may hold spaces; what follows it does not.
    private static string[] Fields(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
