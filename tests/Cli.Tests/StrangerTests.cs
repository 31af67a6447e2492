using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Karez.Cli.Tests;

/// <summary>What somebody does who has only the help: types its examples, presses Tab, watches, stops it.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("karez-stranger-").FullName;
    private Running _site = null!;
    private int _https;
    private int _http;

    [Fact]
    public async Task The_examples_of_the_commands_work_as_they_are_printed()
    {
        await using (var node = Serve())
        {
            await node.LineAsync();
            foreach (var (command, code) in ((string, int)[])
                [
                    ("invite", 0), ("users", 0), ("status", 0), ("revoke", 0), ("backup", 0), ("link", 0),
                    ("completion", 0),
                ])
                await TypeAsync(command, code);
            await node.SignalAsync("TERM");
            Assert.Equal(0, await node.EndAsync());
        }

        Directory.Delete(Path.Combine(_folder, "n"), recursive: true);
        await TypeAsync("restore", 0);
        Assert.True(File.Exists(Path.Combine(_folder, "n", "keys.json")));
        Assert.StartsWith("mixed-port:", await File.ReadAllTextAsync(Path.Combine(_folder, "mihomo.yaml")));
        await TypeAsync("try", 0);
        // The client of the example starts and waits for programs; its node is nobody's.
        var (_, said) = await BashAsync(Example("connect", "--state c", listen: "127.0.0.1:0"), "timeout 5");
        Assert.Contains("SOCKS5 and HTTP on 127.0.0.1:", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("karez inv", "invite")]
    [InlineData("karez serve --ta", "--target")]
    [InlineData("karez connect --ans", "--answers")]
    [InlineData("karez connect --answers e", "early")]
    public async Task Tab_completes_in_bash(string typed, string completed)
    {
        // What readline does: it sets the line and the cursor, calls the function, and reads the answers.
        var (code, said) = await BashAsync(
            "source <(karez completion bash) && complete -p karez >/dev/null"
            + $" && COMP_LINE='{typed}' COMP_POINT={typed.Length} && _karez && printf '%s\\n' \"${{COMPREPLY[@]}}\"");
        Assert.Equal((0, completed), (code, said.Trim()));
    }

    [Theory]
    [InlineData("karez scout localhost:1", "visiting localhost:1 (1 of 1)")]
    [InlineData("karez try --once", "starting a site")]
    public async Task A_long_wait_is_shown_on_a_terminal_and_not_in_a_pipe(string line, string shown)
    {
        var piped = await BashAsync(line);
        Assert.DoesNotContain(shown, piped.Said, StringComparison.Ordinal);
        var watched = await BashAsync($"TERM=xterm script -qec '{line}' /dev/null");
        Assert.Contains(shown, watched.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_is_wider_than_the_terminal_says_how_wide_it_is()
    {
        var (code, said) = await BashAsync(
            $"TERM=xterm script -qec \"stty cols 40; {Example("link").Split(" --mihomo")[0]} --qr\" /dev/null");
        Assert.Equal(1, code);
        Assert.Contains("and this terminal has 40", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_lets_a_running_download_end_and_no_new_one_begin()
    {
        await using var node = Serve();
        using var ready = JsonDocument.Parse(await node.LineAsync());
        var listen = ready.RootElement.GetProperty("listen").GetString()!;
        var link = ready.RootElement.GetProperty("link").GetString()!
            .Replace("@127.0.0.1:1?", $"@{listen}?", StringComparison.Ordinal);
        await using var client = new Running(
            "karez", _folder, "connect", link, "--state", "c", "--listen", "127.0.0.1:0", "--json");
        using var started = JsonDocument.Parse(await client.LineAsync());
        var proxy = IPEndPoint.Parse(started.RootElement.GetProperty("listen").GetString()!);
        const int Length = 30_000_000; // more than all buffers on the way hold
        using var download = await BeginAsync(proxy, Length);
        await node.SignalAsync("TERM");
        await node.HearAsync("stopping");
        await AssertShutAsync(IPEndPoint.Parse(listen));

        var left = Length;
        var buffer = new byte[65_536];
        while (left > 0 && await download.GetStream().ReadAsync(buffer) is var count and > 0)
            left -= count;
        Assert.InRange(left, -10_000, 0); // the head is counted too
        download.Close();
        Assert.Equal(0, await node.EndAsync());
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

    private async Task<TcpClient> BeginAsync(IPEndPoint proxy, int length)
    {
        var socket = new TcpClient { ReceiveBufferSize = 65_536 };
        await socket.ConnectAsync(proxy);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET http://127.0.0.1:{_http}/bytes/{length} HTTP/1.1\r\nHost: x\r\n\r\n"));
        await socket.GetStream().ReadExactlyAsync(new byte[1]);
        return socket;
    }

    /// <summary>It says that it stops a moment before the door is shut.</summary>
    private static async Task AssertShutAsync(IPEndPoint door)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var late = new TcpClient();
            try
            {
                await late.ConnectAsync(door);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail("it still lets callers in");
    }

    /// <summary>Types a command's example, in a state folder of the test's own.</summary>
    private async Task TypeAsync(string command, int code)
    {
        var state = command is "link" or "completion" or "try" ? "" : "--state n";
        var (ended, said) = await BashAsync(Example(command, state));
        Assert.True(ended == code, $"{command}: {ended}, {said}");
    }

    private static string Example(string command, string more = "", string? listen = null)
    {
        var example = HelpWithExample.Examples[command];
        if (listen is not null)
            example = example.Replace("127.0.0.1:1080", listen, StringComparison.Ordinal);
        return more.Length > 0 ? $"{example} {more}" : example;
    }

    /// <summary>Runs a line in bash; its code, and what it said to both outputs.</summary>
    private async Task<(int Code, string Said)> BashAsync(string line, string before = "")
    {
        var script = before.Length > 0 ? $"{before} {line}" : line;
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["KAREZ_SITE"] = Path.Combine(AppContext.BaseDirectory, "karez-site");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var all = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var said = await all.WaitAsync(TimeSpan.FromSeconds(120));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            return (process.ExitCode, said[0] + said[1]);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Running Serve() => new(
        "karez", _folder, "serve", "--state", "n", "--target", $"127.0.0.1:{_https}", "--name", "www.site.example",
        "--allow-private", "--json", "--listen", "127.0.0.1:0", "--address", "127.0.0.1:1");
}
