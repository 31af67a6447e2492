using System.CommandLine;
using Karez.Cli.Output;
using Karez.Client.Rules;
using Karez.Config;
using Karez.Config.Links;

namespace Karez.Cli.Commands;

/// <summary><c>karez why HOST[:PORT]</c>: which way a destination goes, by which rule, and who sees what.</summary>
internal static class WhyCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command(
            "why", "Says which way a destination goes, by which rule, and what the carrier sees.");
        var host = new Argument<string>("HOST[:PORT]")
        {
            Description = $"A name or an address; the port is {RouteExplainer.DefaultPort} if none is given",
        };
        var udp = new Option<bool>("--udp") { Description = "Asks for UDP in place of TCP" };
        command.Add(host);
        command.Add(udp);
        var rules = new RuleOptions(command);
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            var config = rules.Apply(parsed, Read(parsed.GetValue(common.Config)));
            var problems = new List<Problem>();
            // The state folder may be another user's; what is not compiled yet is compiled in memory then.
            var table = RuleLoader.Load(config.Route, folder: null, problems)
                ?? throw new CommandException([.. problems.Select(ConnectCommand.AsOption)], ExitCode.WrongUse);
            var node = config.Links is [var first, ..] ? VlessLink.Parse(first, problems) : null;
            var why = RouteExplainer.Explain(table, parsed.GetValue(host)!, parsed.GetValue(udp), node)
                ?? throw new CommandException(
                    $"{parsed.GetValue(host)} is neither a name nor an address", "karez why www.example.org:443",
                    ExitCode.WrongUse);
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, why, AnswersJson.Plain.RouteWhy);
            else
                Show(terminal, why);
            return ExitCode.Done;
        });
        return command;
    }

    private static ClientConfig Read(string? path)
    {
        if (path is null)
            return new ClientConfig([]);
        var problems = new List<Problem>();
        var config = ClientConfig.Read(InputFile.Read(path), problems)
            ?? throw new CommandException([.. problems.Select(p => p with { Path = $"{path}, {p.Path}" })]);
        return RuleOptions.Beside(path, config);
    }

    private static void Show(Terminal terminal, RouteWhy why)
    {
        var from = why.List is null ? "" : $" of {why.List}";
        from += why.File is null ? "" : $" in {why.File}";
        var matched = why.Matched is null ? "" : $": {why.Matched}{from}";
        string[][] rows =
        [
            ["goes", $"{why.Goes} ({why.Host}, port {why.Port}, {why.Network})"],
            ["rule", $"{why.Rule}{matched}"],
            ["names", why.Names],
            ["carrier", $"sees {why.Carrier}"],
        ];
        foreach (var row in rows)
            terminal.Output.WriteLine($"{row[0],-12} {Terminal.Printable(row[1])}");
    }
}
