using System.CommandLine;
using Karez.Cli.Commands;
using Karez.Cli.Output;

namespace Karez.Cli.Completion;

/// <summary><c>karez completion SHELL</c>: what a shell needs to complete this command.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        _karez() {
            local IFS=$'\n' typed="${COMP_LINE:0:COMP_POINT}" word
            COMPREPLY=()
            for word in $(karez "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null); do
                # It offers what contains the typed word, and help's other names.
                [[ $word == "${typed##* }"* && $word != /* && $word != "-?" ]] && COMPREPLY+=("$word")
            done
            return 0
        }
        complete -o default -F _karez karez
        """;

    private const string Zsh =
        """
        #compdef karez
        _karez() {
            local -a words_found
            words_found=("${(@f)$(karez "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a words_found || _files
        }
        compdef _karez karez
        """;

    private const string Fish =
        """
        complete -c karez -a '(karez "[suggest:"(string length -- (commandline -cp))"]" (commandline -p) 2>/dev/null)'
        """;

    public static Command Build(Terminal terminal)
    {
        var command = new Command("completion", "Prints what a shell needs to complete this command.");
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        command.Add(shell);
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(shell)!; // a required argument
            var script = name switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, new CompletionAnswer(name, script), AnswersJson.Plain.CompletionAnswer);
            else
                terminal.Output.WriteLine(script);
            return ExitCode.Done;
        });
        return command;
    }
}
