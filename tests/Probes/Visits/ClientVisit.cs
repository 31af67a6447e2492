using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Karez.Probes.Compare;
using Karez.Probes.Nodes;
using Karez.Probes.Raw;
using Karez.Probes.Script;

namespace Karez.Probes.Visits;

/// <summary>Whole visits with <c>openssl s_client</c>, seen through a recording relay.</summary>
public static class ClientVisit
{
    /// <summary>Runs the client once per step, with one folder for what it keeps (sessions).</summary>
    public static async Task<Observation> RunAsync(
        IPEndPoint endpoint, IEnumerable<ClientStep> steps, ProbeContext context, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("karez-client-").FullName;
        try
        {
            var text = new StringBuilder();
            foreach (var step in steps)
            {
                text.AppendLine($"client {string.Join(' ', step.Arguments)}");
                await RunAsync(endpoint, step, context, folder, text, cancellationToken);
            }

            return new Observation(text.ToString().TrimEnd(), null, null, null);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task RunAsync(
        IPEndPoint endpoint, ClientStep step, ProbeContext context, string folder, StringBuilder text,
        CancellationToken cancellationToken)
    {
        var recorded = new ConcurrentQueue<byte[]>();
        var sent = new ConcurrentQueue<byte[]>();
        await using var recorder = new TcpRelay(endpoint, tap: (_, fromTarget, octets) =>
        {
            (fromTarget ? recorded : sent).Enqueue(octets.ToArray());
        });
        List<string> arguments = ["s_client", "-connect", recorder.Endpoint.ToString()];
        if (!step.Arguments.Contains("-noservername") && !step.Arguments.Contains("-servername"))
            arguments.AddRange(["-servername", context.ServerName]);
        arguments.AddRange(step.Arguments.Select(a => a.Replace("{dir}", folder, StringComparison.Ordinal)));
        var said = await TalkAsync(arguments, step.Typed, context, cancellationToken);
        await recorder.RestAsync(TimeSpan.FromMilliseconds(200));
        text.AppendLine(AnswerText.Describe(Join(recorded), Join(sent)));
        foreach (var line in said.Split('\n').Where(l => Facts.Any(f => l.StartsWith(f, StringComparison.Ordinal))))
            text.AppendLine($"says: {line}");
    }

    private static byte[] Join(IEnumerable<byte[]> pieces) => [.. pieces.SelectMany(p => p)];

    private static async Task<string> TalkAsync(
        List<string> arguments, IReadOnlyList<byte[]> typed, ProbeContext context, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var wrong = process.StandardError.ReadToEndAsync(cancellationToken);
        var exited = process.WaitForExitAsync(cancellationToken);
        foreach (var line in typed)
        {
            // a pause, so that tickets and each command are read on their own
            if (await Task.WhenAny(exited, Task.Delay(Pause, cancellationToken)) == exited)
                break;
            var text = Encoding.Latin1.GetString(line).Replace("{name}", context.ServerName, StringComparison.Ordinal);
            try
            {
                await process.StandardInput.BaseStream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
                await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                break;
            }
        }

        if (await Task.WhenAny(exited, Task.Delay(Patience, cancellationToken)) != exited)
            process.Kill();
        await exited;
        return await said + "\n" + await wrong;
    }

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    private static readonly string[] Facts =
        ["New,", "Reused,", "ALPN", "No ALPN", "Early data", "Secure Reneg", "HTTP/1", "KEYUPDATE", "RENEG"];
}
