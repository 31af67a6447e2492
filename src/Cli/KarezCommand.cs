using System.CommandLine;
using System.CommandLine.Invocation;
using Karez.Cli.Commands;
using Karez.Cli.Completion;
using Karez.Cli.Output;
using Karez.Config;
using Karez.Server.State;

namespace Karez.Cli;

/// <summary>The <c>karez</c> command: parses, runs, and tells failures in two lines.</summary>
public static class KarezCommand
{
    /// <summary>The command's name, whatever its file is called.</summary>
    internal const string Name = "karez";

    /// <summary>Runs one command line.</summary>
    /// <returns>How the process ends.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var root = Build(terminal, completes: arguments is [['[', ..], ..]);
        var parsed = root.Parse(arguments);
        var json = arguments.Contains("--json");
        if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
            return Tell(terminal, json, WrongUse(parsed), ExitCode.WrongUse);
        var invocation = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // Long-running commands take the signals themselves.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CommandException e)
        {
            return Tell(terminal, json, e.Problems, e.ExitCode);
        }
        catch (StateException e)
        {
            return Tell(terminal, json, e.Problems, ExitCode.Failed);
        }
        catch (IOException e)
        {
            return Tell(terminal, json, [new Problem("", e.Message, "check the path and the room")], ExitCode.Failed);
        }
        catch (UnauthorizedAccessException e)
        {
            return Tell(terminal, json, [new Problem("", e.Message, "run it as a user who may")], ExitCode.Failed);
        }
    }

    /// <summary>The whole tree of commands.</summary>
    /// <param name="terminal">Where they write.</param>
    /// <param name="completes">
    /// Whether directives are understood, with which a shell asks for words. They need the library's root, which finds
    /// the program's name and its own texts by reflection: a third of what a start takes.
    /// </param>
    public static Command Build(Terminal terminal, bool completes = false)
    {
        const string What = "Karez carries a person's traffic inside a TLS connection to an ordinary web site.";
        var help = new HelpWithExample(terminal);
        var root = completes ? new RootCommand(What) : new Command(Name, What);
        if (!completes)
        {
            root.Add(new Option<bool>("--help", "-h", "-?")
            {
                Description = "Show help and usage information",
                Recursive = true,
                Action = help,
            });
            root.Add(new Option<bool>("--version")
            {
                Description = "Show version information",
                Action = new TellVersion(terminal),
            });
        }

        foreach (var command in All(terminal))
            root.Add(command);
        root.SetAction(help.Invoke);
        return root;
    }

    private static IEnumerable<Command> All(Terminal terminal) =>
    [
        TryCommand.Build(terminal),
        ServeCommand.Build(terminal),
        ConnectCommand.Build(terminal),
        DisconnectCommand.Build(terminal),
        PauseCommand.Build(terminal),
        GatewayCommand.Build(terminal),
        InviteCommand.Build(terminal),
        UsersCommand.Build(terminal),
        RevokeCommand.Build(terminal),
        BackupCommand.Build(terminal),
        RestoreCommand.Build(terminal),
        StatusCommand.Build(terminal),
        WhyCommand.Build(terminal),
        ScoutCommand.Build(terminal),
        LinkCommand.Build(terminal),
        BundleCommand.Build(terminal),
        CompletionCommand.Build(terminal),
    ];

    private static List<Problem> WrongUse(ParseResult parsed)
    {
        var command = string.Join(' ', Path(parsed.CommandResult.Command).Reverse());
        // The parser's messages may run over several lines.
        var words = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var what = string.Join(' ', words);
        return [new Problem("", what.TrimEnd('.'), $"{command} --help says how")];
    }

    private static IEnumerable<string> Path(Symbol command)
    {
        for (var symbol = command; symbol is not null; symbol = symbol.Parents.FirstOrDefault())
            yield return symbol.Name;
    }

    private static int Tell(Terminal terminal, bool json, IReadOnlyList<Problem> problems, int exitCode)
    {
        foreach (var problem in problems)
        {
            var place = problem.Path.Length > 0 ? problem.Path + ": " : "";
            terminal.Inform($"karez: {place}{problem.What}");
            terminal.Inform($"hint: {problem.Hint}");
        }

        if (json)
            Answers.Write(terminal, new FailureAnswer(false, problems));
        return exitCode;
    }
}
