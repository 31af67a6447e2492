using System.CommandLine;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    public CommonOptions(Command command)
    {
        command.Add(State);
        command.Add(Config);
        command.Add(Json);
    }

    public Option<string?> State { get; } = new("--state")
    {
        Description = "The folder that keeps keys and people; else /var/lib/karez as root, or $XDG_STATE_HOME/karez",
        HelpName = "DIR",
    };

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "A configuration file to use in place of the one in the state folder",
        HelpName = "FILE",
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Answer with one JSON value on standard output, for scripts",
    };

    public StateFolder Open(ParseResult parsed, bool create = false) =>
        StateFolder.Open(parsed.GetValue(State) ?? StateFolder.DefaultPath, create);
}
