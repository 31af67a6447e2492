using System.CommandLine;
using Karez.Cli.Output;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez restore FILE</c>: a node as its backup has it.</summary>
internal static class RestoreCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("restore", "Puts a node back as its backup has it, in an empty state folder.");
        var file = new Argument<string>("FILE") { Description = "What karez backup wrote" };
        var force = new Option<bool>("--force")
        {
            Description = "Also over a node that is there; its files are kept beside with the ending .before",
        };
        command.Add(file);
        command.Add(force);
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var backup = Backup.File.Parse(path, InputFile.Read(path));
            var folder = common.Open(parsed, create: true);
            using var alone = folder.Take(NodeState.Role);
            using var change = folder.TakeToChange();
            if (NodeState.IsIn(folder))
            {
                if (!parsed.GetValue(force))
                {
                    throw new CommandException(
                        $"there is a node in {folder.Path} already", "give another --state DIR, or --force");
                }

                Keep(folder, NodeState.ConfigFile.Name);
                Keep(folder, NodeState.RosterFile.Name);
                Keep(folder, NodeState.KeysFile.Name);
            }

            NodeState.Replace(folder, backup.Config, backup.Keys, backup.Roster);
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, new DoneAnswer(true, false), AnswersJson.Plain.DoneAnswer);
            else
                terminal.Inform($"restored into {folder.Path}, people and all; karez serve runs it");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Keep(StateFolder folder, string name)
    {
        if (folder.Read(name) is { } old)
            folder.Write(name + ".before", old);
    }
}
