using System.CommandLine;
using Karez.Cli.Output;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez revoke NAME</c>: a person's link opens nothing any more.</summary>
internal static class RevokeCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("revoke", "Shuts a person out, at once and for good; running connections end too.");
        var name = new Argument<string>("NAME") { Description = "The person, as karez users names them" };
        command.Add(name);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var folder = common.Open(parsed);
            NodeState.ChangePeople(folder, roster => RosterChange.Remove(roster, parsed.GetValue(name)!));
            var running = await NodeSource.TellAsync(terminal, folder, stop);
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, new DoneAnswer(true, running), AnswersJson.Plain.DoneAnswer);
            else
                terminal.Inform("revoked; to whoever holds that link this node is the borrowed site now");
            return ExitCode.Done;
        });
        return command;
    }
}
