using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Cli.Running;
using Karez.Client;
using Karez.Client.Device;
using Karez.Client.Subscriptions;
using Karez.Config;
using Karez.Net.Local;
using Karez.Net.Loops;

namespace Karez.Cli.Commands;

/// <summary><c>karez connect LINK</c>: runs the client.</summary>
internal static class ConnectCommand
{
    /// <summary>The lock's name in the state folder, for everything that carries this machine's traffic.</summary>
    public const string Role = "connect";

    public static Command Build(Terminal terminal)
    {
        var command = new Command(
            "connect", "Runs the client: SOCKS5 and HTTP on this machine, or the whole machine, through a node.");
        var link = new Argument<string?>("LINK")
        {
            Description = "A vless:// link, a file with links in order of preference, or - for stdin; or give --config",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "Where local programs find it, 127.0.0.1:1080 if nothing is said; with --tun nowhere",
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
        var tun = new Option<bool>("--tun")
        {
            Description = "Carries everything that this machine sends; needs root; karez disconnect ends it",
        };
        command.Add(link);
        command.Add(tun);
        command.Add(listen);
        command.Add(profile);
        var metered = new Option<bool>("--metered")
        {
            Description = "Octets cost money here: probes and updates become few",
        };
        command.Add(answers);
        command.Add(metered);
        var rules = new RuleOptions(command);
        var device = new DeviceOptions(command, isGateway: false);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var isDevice = parsed.GetValue(tun);
            var config = Configure(terminal, parsed.GetValue(common.Config), parsed.GetValue(link));
            var asked = parsed.GetValue(listen);
            config = config with
            {
                Listen = asked ?? config.Listen,
                Profile = parsed.GetValue(profile) ?? config.Profile,
                Answers = parsed.GetValue(answers) ?? config.Answers,
            };
            config = rules.Apply(parsed, config);
            config = config with { Metered = config.Metered || parsed.GetValue(metered) };
            Check(config);
            if (isDevice)
                DeviceRun.Check();
            var folder = common.Open(parsed, create: true);
            using var alone = folder.Take(Role);
            await SubscriptionFirst.FetchAsync(
                config, folder.Path, TimeProvider.System, text => terminal.Inform($"note: {text}"), stop);
            var start = Compile(config, listens: !isDevice || asked is not null, folder.Path);
            var json = parsed.GetValue(common.Json);
            if (isDevice)
                await DeviceRun.RunAsync(terminal, start, device.Read(parsed, folder.Path), json, stop);
            else
                await RunAsync(terminal, start, folder.Path, json, stop);
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
            "$.route.home" => "--home",
            var other => other,
        },
    };

    /// <summary>Refuses a configuration that is wrong, before anything is touched.</summary>
    /// <exception cref="CommandException">It is wrong.</exception>
    public static void Check(ClientConfig config)
    {
        var problems = new List<Problem>();
        config.Check(problems);
        if (problems.Count > 0)
            throw new CommandException([.. problems.Select(AsOption)], ExitCode.WrongUse);
    }

    /// <summary>Compiles what was asked for.</summary>
    /// <param name="config">The configuration, checked.</param>
    /// <param name="listens">Whether local programs get a port.</param>
    /// <param name="folder">The state folder.</param>
    /// <exception cref="CommandException">It is wrong.</exception>
    public static ClientStart Compile(ClientConfig config, bool listens, string folder)
    {
        var problems = new List<Problem>();
        var start = ClientStart.Compile(config, folder, problems)
            ?? throw new CommandException([.. problems.Select(AsOption)], ExitCode.WrongUse);
        return listens ? start : start with { Plan = start.Plan with { Listen = null } };
    }

    /// <summary>What the file says, with the links of the command line in place of the file's.</summary>
    /// <exception cref="CommandException">There is no link, or the file is wrong.</exception>
    public static ClientConfig Configure(Terminal terminal, string? path, string? link)
    {
        ClientConfig? written = null;
        if (path is not null)
        {
            var problems = new List<Problem>();
            written = ClientConfig.Read(InputFile.Read(path), problems)
                ?? throw new CommandException([.. problems.Select(p => p with { Path = $"{path}, {p.Path}" })]);
            written = RuleOptions.Beside(path, written);
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
        Terminal terminal, ClientStart start, string folder, bool json, CancellationToken cancellationToken)
    {
        ProcessLimits.Raise();
        using var signals = new Signals(cancellationToken);
        await using var proxy = Start(terminal, start);
        await using var answering = Answer(terminal, proxy, folder);
        var node = start.Plan.Link.ToString();
        proxy.FirstFlowPassed += after => terminal.Inform(
            string.Create(CultureInfo.InvariantCulture, $"carrying traffic, {after.TotalMilliseconds:0} ms"));
        var told = new Troubles(terminal, proxy.VisitSiteAsync);
        proxy.Noted += text => terminal.Inform($"note: {Terminal.Printable(text)}");
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

        ProcessMemory.Rest();
        await signals.WaitAsync();
    }

    /// <summary>Lets <c>karez status</c> ask; null where the folder's path is too long for a socket.</summary>
    private static LocalService? Answer(Terminal terminal, LocalProxy proxy, string folder)
    {
        try
        {
            return DeviceSocket.Serve(proxy, folder);
        }
        catch (IOException exception)
        {
            terminal.Inform($"note: karez status cannot ask: {exception.Message}");
            return null;
        }
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
}
