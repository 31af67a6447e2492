using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez users</c>: everyone whom the node serves.</summary>
internal static class UsersCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("users", "Lists everyone whom this node serves.");
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var node = NodeSource.Load(common, parsed);
            var running = (await ControlSocket.StatusAsync(node.Folder, stop))?.Status;
            var people = node.Roster.People.Select(person =>
            {
                var now = running?.People.FirstOrDefault(p => p.Name == person.Name);
                return new PersonAnswer(
                    person.Name, person.Created, person.Flow.Length > 0, now?.Flows, now?.Up, now?.Down);
            }).ToList();
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, people, AnswersJson.Plain.IReadOnlyListPersonAnswer);
            else
                Tables.Write(terminal, ["NAME", "INVITED", "FLOW", "NOW", "UP", "DOWN"], people.Select(Row));
            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Row(PersonAnswer person) =>
    [
        person.Name,
        person.Created.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        person.Vision ? "vision" : "plain",
        person.Flows switch { null => "-", 0 => "away", _ => "online" },
        person.Up is { } up ? Tables.Octets(up) : "-",
        person.Down is { } down ? Tables.Octets(down) : "-",
    ];
}
