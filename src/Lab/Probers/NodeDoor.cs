using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Karez.Lab.Tools;

namespace Karez.Lab.Probers;

/// <summary>Sees whether a node lets the holder of a link in: by `karez connect`, and a flow through it.</summary>
public static class NodeDoor
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Connects by the link and carries a flow to the borrowed site.</summary>
    /// <param name="link">The link, as people get it.</param>
    /// <param name="serverName">The name in it; the flow goes there.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null when the node let us in; otherwise what was said.</returns>
    public static async Task<string?> TryAsync(string link, string serverName, CancellationToken cancellationToken)
    {
        var program = Programs.Find(Environment.GetEnvironmentVariable("KAREZ") ?? "karez");
        if (program is null)
            return "karez is missing";
        // A client of its own: another one may run on this machine.
        var state = Directory.CreateTempSubdirectory("karez-probe-");
        var start = new ProcessStartInfo(
            program, ["connect", link, "--state", state.FullName, "--listen", "127.0.0.1:0", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);
        using var client = Process.Start(start)!; // Throws rather than give null where a new process is asked for.
        try
        {
            var told = new StringBuilder();
            var errors = CollectAsync(client.StandardError, told, limit.Token);
            var listening = await ListeningAsync(client.StandardOutput, limit.Token);
            if (listening is null)
            {
                await errors;
                return FirstLine(told);
            }

            await CarryAsync(listening, serverName, limit.Token);
            while (!told.ToString().Contains("carrying traffic", StringComparison.Ordinal))
            {
                if (client.HasExited || told.ToString().Contains("karez:", StringComparison.Ordinal))
                    return FirstLine(told);
                await Task.Delay(50, limit.Token);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no flow came through in time";
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        finally
        {
            if (!client.HasExited)
                client.Kill(entireProcessTree: true);
            await client.WaitForExitAsync(CancellationToken.None);
            state.Delete(recursive: true);
        }
    }

    private static async Task<IPEndPoint?> ListeningAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            text.AppendLine(line);
            if (line.TrimEnd() is not "}" and not [.., '}'])
                continue;
            using var answer = JsonDocument.Parse(text.ToString());
            return answer.RootElement.TryGetProperty("listen", out var listen)
                && IPEndPoint.TryParse(listen.GetString() ?? "", out var found) ? found : null;
        }

        return null;
    }

    /// <summary>A SOCKS5 connection to the site's port 443, and an octet to make the flow pass.</summary>
    private static async Task CarryAsync(IPEndPoint proxy, string name, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy, cancellationToken);
        var host = Encoding.ASCII.GetBytes(name);
        await socket.SendAsync(new byte[] { 5, 1, 0 }, cancellationToken);
        var answer = new byte[512];
        await socket.ReceiveAsync(answer, cancellationToken);
        byte[] request = [5, 1, 0, 3, (byte)host.Length, .. host, 1, 187]; // RFC 1928; port 443
        await socket.SendAsync(request, cancellationToken);
        await socket.ReceiveAsync(answer, cancellationToken);
        // Any TLS server answers this with an alert or its hello.
        await socket.SendAsync(new HelloSpec { ServerName = name }.ToRecord(new Random()), cancellationToken);
        await socket.ReceiveAsync(answer, cancellationToken);
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder into, CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
                into.AppendLine(line);
        }
        catch (OperationCanceledException)
        {
            // Enough was read.
        }
    }

    private static string FirstLine(StringBuilder told) =>
        told.ToString().Split('\n').FirstOrDefault(line => line.StartsWith("karez:", StringComparison.Ordinal))?.Trim()
        ?? string.Create(CultureInfo.InvariantCulture, $"karez connect ended: {told.ToString().Trim()}");
}
