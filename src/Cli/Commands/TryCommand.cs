using System.CommandLine;
using System.Net;
using Karez.Cli.Output;
using Karez.Cli.Running;
using Karez.Cli.Trying;
using Karez.Net.Loops;

namespace Karez.Cli.Commands;

/// <summary><c>karez try</c>: everything on this one machine, compared and explained.</summary>
internal static class TryCommand
{
    private const string DefaultListen = "127.0.0.1:1080";

    public static Command Build(Terminal terminal)
    {
        var command = new Command("try", "Runs a site, a node and a client on this machine, compares, and stays.");
        var once = new Option<bool>("--once") { Description = "End after the comparisons: 0 only if all of them held" };
        var fetch = new Option<string?>("--fetch")
        {
            Description = "Visit this page through the channel in place of the site's own",
            HelpName = "URL",
        };
        var listen = new Option<string?>("--listen")
        {
            Description = $"Where the client listens, {DefaultListen} if nothing is said",
            HelpName = "ADDR:PORT",
        };
        command.Add(once);
        command.Add(fetch);
        command.Add(listen);
        command.Validators.Add(result =>
        {
            if (result.GetValue(fetch) is { } url && Parse(url) is null)
                result.AddError($"--fetch: {url} is no http or https URL");
            // Before anything is started.
            if (result.GetValue(listen) is { } at && !IPEndPoint.TryParse(at, out _))
                result.AddError($"--listen: {at} is not ADDRESS:PORT");
        });
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            ProcessLimits.Raise();
            using var signals = new Signals(stop);
            var ends = parsed.GetValue(once);
            // A trial that ends by itself needs no port that anybody knows.
            var at = parsed.GetValue(listen) ?? (ends ? "127.0.0.1:0" : DefaultListen);
            var json = parsed.GetValue(common.Json);
            if (terminal.ErrorIsTerminal)
                terminal.Inform("starting a site, a node in front of it, and a client");
            await using var bed = await TryBed.StartAsync(terminal, at, signals.Stop);
            var answer = await new TryChecks(terminal, bed, json).RunAsync(
                parsed.GetValue(fetch) is { } url ? Parse(url) : null, signals.Stop);
            if (json)
                Answers.Write(terminal, answer, AnswersJson.Plain.TryAnswer);
            if (!ends)
            {
                Explain(terminal, bed);
                await signals.WaitAsync();
            }

            return answer.Ok ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Explain(Terminal terminal, TryBed bed)
    {
        var proxy = bed.Client.Listening;
        terminal.Inform($"running: a site on 127.0.0.1:{bed.Site.Https}, a node in front of it on");
        terminal.Inform($"{bed.Node.Listening}, a client on {proxy} (SOCKS5 and HTTP). Use it:");
        terminal.Inform($"  curl -x socks5h://{proxy} https://www.example.com/");
        terminal.Inform($"  curl -x socks5h://{proxy} --cacert {bed.Site.Root} https://localhost:{bed.Site.Https}/");
        terminal.Inform("Ctrl-C ends all of it.");
    }

    private static Uri? Parse(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") ? uri : null;
}
