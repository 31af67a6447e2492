using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Karez.Lab.Worlds;

namespace Karez.Lab.Population;

/// <summary>
/// One headless Chromium that lives as long as its subscriber: connections, tickets and cache stay between pages, as
/// on a phone. It is steered through its DevTools, on the loopback of the subscriber's machine.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private const int Port = 9222;
    private const string Niceness = "10";
    private const string Loopback = "127.0.0.1";
    private const int MaxMessage = 1 << 20; // Our limit; answers are short.

    private ClientWebSocket _tools = new();
    private readonly HttpMessageInvoker _invoker;
    private readonly byte[] _buffer = new byte[MaxMessage];
    private int _calls;

    private Browser(HttpMessageInvoker invoker) => _invoker = invoker;

    /// <summary>Starts it.</summary>
    /// <param name="host">The subscriber's machine.</param>
    /// <param name="pins">The keys of the run's sites, which it is told to trust.</param>
    /// <param name="proxy">The proxy that it uses; null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<Browser> StartAsync(
        WorldHost host, IEnumerable<string> pins, string? proxy, CancellationToken cancellationToken)
    {
        List<string> words =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
            $"--user-data-dir={host.Folder}/profile",
            $"--ignore-certificate-errors-spki-list={string.Join(',', pins)}",
            $"--remote-debugging-port={Port}",
        ];
        if (proxy is not null)
            words.Add("--proxy-server=" + proxy.Replace("socks5h", "socks5", StringComparison.Ordinal));
        words.Add("about:blank");
        // After everything else of the run: a page takes more of the machine than all that is measured.
        words.InsertRange(0, ["-n", Niceness, "chromium"]);
        await host.Start("nice", words).WaitForAsync("DevTools listening on", cancellationToken);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                // A socket stays in the namespace in which it was opened.
                var socket = host.Machine.Enter(
                    () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(Loopback, Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var browser = new Browser(new HttpMessageInvoker(handler));
        await browser.AttachAsync(cancellationToken);
        return browser;
    }

    /// <summary>Opens a page, and waits until it is loaded.</summary>
    /// <returns>Whether it came.</returns>
    public async Task<bool> OpenAsync(string address, CancellationToken cancellationToken)
    {
        var opened = await CallAsync("Page.navigate", $$"""{"url":{{Quote(address)}}}""", cancellationToken);
        if (opened.Contains("\"errorText\"", StringComparison.Ordinal))
            return false;
        while (!(await ReceiveAsync(cancellationToken)).Contains(
            "\"Page.loadEventFired\"", StringComparison.Ordinal))
        {
            // Other events of the page.
        }

        return true;
    }

    /// <summary>Runs a script in the page, and waits for the promise that it is.</summary>
    /// <returns>Whether it was kept.</returns>
    public async Task<bool> RunAsync(string script, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            "Runtime.evaluate", $$"""{"expression":{{Quote(script)}},"awaitPromise":true}""", cancellationToken);
        return !answer.Contains("\"exceptionDetails\"", StringComparison.Ordinal);
    }

    /// <summary>
    /// Gives up what is still loading. A talk whose answer was not waited for is over; a new one is begun.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _tools.Dispose();
        _tools = new ClientWebSocket();
        await AttachAsync(cancellationToken);
        await CallAsync("Page.stopLoading", "{}", cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _tools.Dispose();
        _invoker.Dispose();
        return ValueTask.CompletedTask; // The process ends with the world.
    }

    private async Task AttachAsync(CancellationToken cancellationToken)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"http://{Loopback}:{Port}/json/list");
        using var answer = await _invoker.SendAsync(asked, cancellationToken);
        using var list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        var page = list.RootElement.EnumerateArray().First(
            target => target.GetProperty("type").GetString() == "page");
        var address = page.GetProperty("webSocketDebuggerUrl").GetString()
            ?? throw new LabException("chromium shows no page", "its version may be too new for the lab");
        await _tools.ConnectAsync(new Uri(address), _invoker, cancellationToken);
        await CallAsync("Page.enable", "{}", cancellationToken);
    }

    private async Task<string> CallAsync(string method, string parameters, CancellationToken cancellationToken)
    {
        var id = ++_calls;
        var text = $$"""{"id":{{id}},"method":"{{method}}","params":{{parameters}}}""";
        await _tools.SendAsync(
            Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cancellationToken);
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            if (message.StartsWith($"{{\"id\":{id},", StringComparison.Ordinal))
                return message;
        }
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await _tools.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close || length == _buffer.Length)
                throw new LabException("chromium ended the talk", "its log lies in the run's folder");
            if (part.EndOfMessage)
                return Encoding.UTF8.GetString(_buffer, 0, length);
        }
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
