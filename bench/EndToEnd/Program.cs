using System.CommandLine;
using Karez.Beds;
using Karez.EndToEnd.Load;
using Karez.EndToEnd.Report;
using Karez.EndToEnd.Tools;
using Karez.EndToEnd.World;
using Spectre.Console;

namespace Karez.EndToEnd;

/// <summary>The front door: <c>run</c> for people; <c>load</c> and <c>sink</c> are its own helpers in the machines.</summary>
internal static class Program
{
    /// <summary>How this program is started again within a machine.</summary>
    public static (string Program, string[] Arguments) Self { get; } =
        (Environment.ProcessPath!, [typeof(Program).Assembly.Location]); // A running program has a path.

    public static async Task<int> Main(string[] words)
    {
        switch (words)
        {
            case ["load", .. var rest]:
                return LoadProgram.Run(rest);
            case ["sink"]:
                return UploadSink.Run();
        }

        var karez = new Option<string>("--karez") { Description = "Where ./karez built it.", Required = true };
        var peers = new Option<string>("--peers")
        {
            Description = "all, or names as in the table, separated by commas, for example karez,trojan.",
            DefaultValueFactory = _ => "all",
        };
        var quick = new Option<bool>("--quick") { Description = "Fewer figures; at most eight minutes." };
        var figures = new Option<string>("--figures")
        {
            Description = "Only these: beginnings of names as in results.json, for example https.down,first,held.",
            DefaultValueFactory = _ => "",
        };
        var rounds = new Option<int?>("--rounds") { Description = "How often each figure is taken (5; quick: 2)." };
        var foreign = new Option<int>("--foreign")
        {
            Description = "A round in which others took more per cent of the machine is taken again; 100 refuses none.",
            DefaultValueFactory = _ => 10,
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder for tables and pictures.",
            DefaultValueFactory = _ => "artifacts/bench",
        };
        var binaries = new Option<string?>("--binaries")
        {
            Description = "A JSON file with paths of programs that no package brings: "
                + string.Join(", ", NamedBinary.Known) + ".",
        };
        var run = new Command("run", "Measures. Example: bench/run --quick --peers direct,karez,trojan")
        {
            karez, peers, quick, figures, rounds, foreign, folder, binaries,
        };
        run.SetAction((parsed, cancellationToken) =>
        {
            var isQuick = parsed.GetValue(quick);
            var all = Catalogue.All(
                ProgramIn(parsed.GetValue(karez)!), NamedBinary.Read(parsed.GetValue(binaries))); // required
            var wanted = parsed.GetValue(peers)!.Split(','); // it has a default
            var tools = wanted is ["all"] ? all : [.. all.Where(tool =>
                tool.Name == "karez" || wanted.Any(name => tool.Name.StartsWith(name, StringComparison.Ordinal)))];
            var options = new RunOptions(
                tools,
                isQuick,
                parsed.GetValue(figures)!.Split(',', StringSplitOptions.RemoveEmptyEntries), // it has a default, too
                parsed.GetValue(rounds) ?? (isQuick ? 2 : 5),
                parsed.GetValue(foreign) / 100.0,
                parsed.GetValue(folder)!);
            return RunAsync(options, cancellationToken);
        });
        return await new RootCommand("Measures karez beside what a user would pick instead.") { run }
            .Parse(words).InvokeAsync();
    }

    private static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        if (Bed.WhyNot is { } reason)
        {
            await Console.Error.WriteLineAsync($"bench: {reason}\nhint: run it as root on a machine of your own");
            return 1;
        }

        var results = await new Run(options, Console.Error.WriteLine).RunAsync(cancellationToken);
        Texts.Print(results, AnsiConsole.Console);
        foreach (var trouble in results.Tools.SelectMany(tool => tool.Troubles.Select(t => $"{tool.Name}: {t}")))
            await Console.Error.WriteLineAsync($"no figure: {trouble}");
        foreach (var absent in results.Absent)
            await Console.Error.WriteLineAsync($"left out: {absent}");
        Console.WriteLine($"{Path.GetFullPath(options.Out)}/results.json");
        return 0;
    }

    /// <summary>The stamp says whether it was built native or for the runtime.</summary>
    private static string ProgramIn(string folder)
    {
        var full = Path.GetFullPath(folder);
        return Path.Combine(full, File.ReadAllText(Path.Combine(full, "stamp")).Trim(), "karez");
    }
}
