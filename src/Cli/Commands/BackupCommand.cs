using System.CommandLine;
using System.Text.Json;
using Karez.Cli.Output;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez backup FILE</c>: configuration, keys and people in one file.</summary>
internal static class BackupCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("backup", "Writes keys, people and configuration to one file.");
        var file = new Argument<string>("FILE") { Description = "The file to write (mode 600); it must not exist yet" };
        command.Add(file);
        var common = new CommonOptions(command);
        command.SetAction(parsed =>
        {
            var node = NodeSource.Load(common, parsed);
            var path = parsed.GetValue(file)!;
            var backup = new Backup(TimeProvider.System.GetUtcNow(), node.Config, node.Keys, node.Roster);
            Write(path, JsonSerializer.SerializeToUtf8Bytes(backup, StateJson.Default.Backup));
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, new DoneAnswer(true, false), AnswersJson.Plain.DoneAnswer);
            else
                terminal.Inform($"{path} holds this node's keys: whoever reads it can pretend to be it");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(string path, byte[] octets)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using var stream = new FileStream(path, options);
            stream.Write(octets);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new CommandException($"{path} exists already", "choose another name; a backup is never overwritten");
        }
    }
}
