using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Cli.Running;
using Karez.Cli.Scouting;
using Karez.Cli.Trying;
using Karez.Config;
using Karez.Server.Targets;

namespace Karez.Cli.Commands;

/// <summary><c>karez scout HOST...</c>: rates sites as targets.</summary>
internal static class ScoutCommand
{
    // Asked for in the open, one connection at a time: more would be a scan.
    private const int MaxHosts = 50;

    public static Command Build(Terminal terminal)
    {
        var command = new Command("scout", "Rates sites as targets, one connection at a time, and says why.");
        var hosts = new Argument<string[]>("HOST")
        {
            Description = $"Sites, HOST[:PORT]; or a file with one a line; or - for stdin (at most {MaxHosts})",
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Add(hosts);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var sites = Read(terminal, parsed.GetValue(hosts) ?? []);
            var answers = new List<ScoutAnswer>();
            await using var scout = new SiteScout(TimeProvider.System, new Bugs(terminal).Note);
            foreach (var site in sites)
            {
                stop.ThrowIfCancellationRequested();
                if (terminal.ErrorIsTerminal)
                    terminal.Inform($"visiting {site} ({answers.Count + 1} of {sites.Count})");
                answers.Add(await VisitAsync(scout, site, stop));
            }

            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, answers, AnswersJson.Plain.IReadOnlyListScoutAnswer);
            else
                Show(terminal, answers);
            return answers.Any(a => a.Good) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static List<Endpoint> Read(Terminal terminal, string[] given)
    {
        if (given.Length == 0 && terminal.InputIsTerminal)
        {
            throw new CommandException(
                "there is no site to visit", "karez scout www.example.com, or a file of names", ExitCode.WrongUse);
        }

        var names = given.Length == 0 ? ReadLines(terminal.Input) : given.SelectMany(g => Expand(terminal, g));
        var sites = new List<Endpoint>();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxHosts + 1))
        {
            sites.Add(Endpoint.TryParse(name, 443, out var site) && site is { IsUnix: false, Address: null, Port: > 0 }
                ? site
                : throw new CommandException(
                    $"{Terminal.Printable(name)} is no site's name", "write HOST or HOST:PORT", ExitCode.WrongUse));
        }

        return sites.Count is > 0 and <= MaxHosts
            ? sites
            : throw new CommandException(
                sites.Count == 0 ? "there is no site in it" : $"more than {MaxHosts} sites",
                $"give from 1 to {MaxHosts}, one a line",
                ExitCode.WrongUse);
    }

    private static IEnumerable<string> Expand(Terminal terminal, string given)
    {
        if (given == "-")
            return ReadLines(terminal.Input);
        if (!File.Exists(given))
            return [given];
        using var file = new StringReader(System.Text.Encoding.UTF8.GetString(InputFile.Read(given)));
        return [.. ReadLines(file)];
    }

    private static IEnumerable<string> ReadLines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Trim() is { Length: > 0 } name && !name.StartsWith('#'))
                yield return name;
        }
    }

    private static async Task<ScoutAnswer> VisitAsync(
        SiteScout scout, Endpoint site, CancellationToken cancellationToken)
    {
        var visit = await scout.VisitAsync(site, site.Host);
        FirstPage? page = null;
        if (visit is { Trouble: null, ChainValid: true })
        {
            using var visitor = new Visitor(null, null);
            var (seen, _) = await visitor.FetchAsync(new Uri($"https://{site}/"), cancellationToken);
            page = FirstPage.Of(seen, site.Host);
        }

        return SiteJudge.Judge(site.Port == 443 ? site.Host : site.ToString(), visit, page);
    }

    private static void Show(Terminal terminal, List<ScoutAnswer> answers)
    {
        var ranked = answers.OrderByDescending(a => a.Good).ThenBy(a => a.RoundTripMs ?? double.MaxValue).ToList();
        string[] columns = ["SITE", "WILL DO", "RTT", "GROUP", "ALPN", "CERT", "FLIGHT", "AFTER"];
        Tables.Write(terminal, columns, ranked.Select(Row));
        foreach (var answer in ranked)
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine(Terminal.Printable(answer.Host));
            foreach (var (mark, reasons) in ((char, IReadOnlyList<string>)[])
                [('-', answer.Against), ('+', answer.For), ('~', answer.Notes)])
            {
                foreach (var reason in reasons)
                    terminal.Output.WriteLine($"  {mark} {Terminal.Printable(reason)}");
            }
        }
    }

    private static string[] Row(ScoutAnswer answer) =>
    [
        answer.Host,
        answer.Good ? "yes" : "no",
        answer.RoundTripMs is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time:0} ms") : "-",
        answer.Group ?? "-",
        answer.Alpn ?? "-",
        answer.CertificateOctets is { } octets ? Tables.Octets(octets) : "-",
        answer.Records.Count > 0 ? string.Join(' ', answer.Records) : "-",
        answer.Tickets.ToString(CultureInfo.InvariantCulture),
    ];
}
