using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Cli.Running;
using Karez.Client;
using Karez.Config;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Server;

namespace Karez.Cli.Commands;

/// <summary><c>karez connect LINK</c>: runs the client.</summary>
internal static class ConnectCommand
{
    private const string Role = "connect";

    // The same trouble is told again after this while.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    public static Command Build(Terminal terminal)
    {
        var command = new Command("connect", "Runs the client: SOCKS5 and HTTP on this machine, through a node.");
        var link = new Argument<string?>("LINK")
        {
            Description = "A vless:// link, a file with links in order of preference, or - for stdin; or give --config",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "Where local programs find it, 127.0.0.1:1080 if nothing is said",
            HelpName = "ADDR:PORT",
        };
        var profile = new Option<string?>("--profile")
        {
            Description = "The browser to resemble, if not the one that the link says",
            HelpName = "NAME",
        };
        var answers = new Option<string?>("--answers")
        {
            Description = "When programs hear that their connection stands: auto, late or early (--config explains)",
            HelpName = "WHEN",
        };
        answers.AcceptOnlyFromAmong(
            ClientConfig.AutoAnswers, ClientConfig.LateAnswers, ClientConfig.EarlyAnswers);
        command.Add(link);
        command.Add(listen);
        command.Add(profile);
        command.Add(answers);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var config = Configure(terminal, parsed.GetValue(common.Config), parsed.GetValue(link));
            config = config with
            {
                Listen = parsed.GetValue(listen) ?? config.Listen,
                Profile = parsed.GetValue(profile) ?? config.Profile,
                Answers = parsed.GetValue(answers) ?? config.Answers,
            };
            var problems = new List<Problem>();
            config.Check(problems);
            var start = problems.Count == 0 ? ClientStart.Compile(config, problems) : null;
            if (start is null)
                throw new CommandException([.. problems.Select(AsOption)], ExitCode.WrongUse);
            using var alone = common.Open(parsed, create: true).Take(Role);
            await RunAsync(terminal, start, parsed.GetValue(common.Json), stop);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What was given on the command line is named as it was given; the file was checked before.</summary>
    internal static Problem AsOption(Problem problem) => problem with
    {
        Path = problem.Path switch
        {
            "$.listen" => "--listen",
            "$.profile" => "--profile",
            var other => other,
        },
    };

    private static ClientConfig Configure(Terminal terminal, string? path, string? link)
    {
        ClientConfig? written = null;
        if (path is not null)
        {
            var problems = new List<Problem>();
            written = ClientConfig.Read(InputFile.Read(path), problems)
                ?? throw new CommandException([.. problems.Select(p => p with { Path = $"{path}, {p.Path}" })]);
        }

        if (link is null)
        {
            return written ?? throw new CommandException(
                "there is no link", "karez connect 'vless://...', or --config FILE", ExitCode.WrongUse);
        }

        var read = LinkSource.ReadAll(terminal, link);
        foreach (var note in read.SelectMany(l => l.Notes).Distinct(StringComparer.Ordinal))
            terminal.Inform($"note: {note}");
        var links = read.Select(l => l.Format()).ToList();
        return written is null ? new ClientConfig(links) : written with { Links = links };
    }

    private static async Task RunAsync(
        Terminal terminal, ClientStart start, bool json, CancellationToken cancellationToken)
    {
        ProcessLimits.Raise();
        using var signals = new Signals(cancellationToken);
        await using var proxy = Start(terminal, start);
        var node = start.Plan.Link.ToString();
        proxy.FirstFlowPassed += after => terminal.Inform(
            string.Create(CultureInfo.InvariantCulture, $"carrying traffic, {after.TotalMilliseconds:0} ms"));
        var told = new Troubles(terminal, proxy);
        proxy.NodeMissed += told.Note;
        proxy.NodeChanged += link => terminal.Inform($"going through {link}");
        proxy.SiteFailed += fault => told.Note(TunnelTrouble.OfSite(fault));
        if (json)
        {
            var answer = new ConnectAnswer(true, proxy.Listening.ToString(), node, start.Profile.Name);
            Answers.Write(terminal, answer, AnswersJson.Plain.ConnectAnswer);
            terminal.Output.Flush();
        }
        else
        {
            terminal.Inform($"SOCKS5 and HTTP on {proxy.Listening}, through {node}, as {start.Profile.Name}");
            if (start.Plan.Others is { Count: > 0 } others)
                terminal.Inform($"if that cannot be reached: {string.Join(", then ", others)}");
            if (!System.Net.IPAddress.IsLoopback(proxy.Listening.Address) && !start.AsksForPassword)
                terminal.Inform("note: everyone who reaches this address can use it; --config can set a password");
        }

        ProcessMemory.EndStart();
        await signals.WaitAsync();
    }

    private static LocalProxy Start(Terminal terminal, ClientStart start)
    {
        try
        {
            return LocalProxy.Start(start.Plan, start.Profile, TimeProvider.System, new Bugs(terminal).Note);
        }
        catch (ListenException e)
        {
            throw ListenTrouble.Of(e, start.Plan.Listen?.ToString() ?? "");
        }
    }

    /// <summary>Tells each trouble in two lines, the same one only after a while.</summary>
    private sealed class Troubles(Terminal terminal, LocalProxy proxy)
    {
        private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

        public void Note((string What, string Hint) trouble)
        {
            if (IsNews(trouble.What))
                Tell(trouble.What, trouble.Hint);
        }

        public void Note(VlessLink link, TunnelException exception)
        {
            var (what, hint) = TunnelTrouble.Of(
                exception, link.ToString(), new Clocks(TimeProvider.System.GetUtcNow(), null));
            if (!IsNews(what))
                return;
            if (exception.Fault == TunnelFault.NotRecognised)
                _ = TellClocksAsync(link, exception);
            else
                Tell(what, hint);
        }

        /// <summary>The one trouble that a second clock explains.</summary>
        private async Task TellClocksAsync(VlessLink link, TunnelException exception)
        {
            var site = await proxy.AskSiteClockAsync(link);
            var clocks = new Clocks(TimeProvider.System.GetUtcNow(), site);
            var (what, hint) = TunnelTrouble.Of(exception, link.ToString(), clocks);
            Tell(what, hint);
        }

        private bool IsNews(string what)
        {
            var time = TimeProvider.System;
            lock (_told)
            {
                if (_told.TryGetValue(what, out var last) && time.GetElapsedTime(last) < Quiet)
                    return false;
                _told[what] = time.GetTimestamp();
                return true;
            }
        }

        private void Tell(string what, string hint)
        {
            terminal.Inform($"karez: {what}");
            terminal.Inform($"hint: {hint}");
        }
    }
}
