using System.CommandLine;
using Karez.Cli.Output;
using Karez.Contracts;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez invite NAME</c>: a person gets a link and its code.</summary>
internal static class InviteCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("invite", "Lets a person in: makes a link, and its QR code for phones.");
        var name = new Argument<string>("NAME") { Description = "What you call the person" };
        var again = new Option<bool>("--again") { Description = "Show the link of a person who is invited already" };
        var plain = new Option<bool>("--plain") { Description = "An account without Vision, for clients that lack it" };
        command.Add(name);
        command.Add(again);
        command.Add(plain);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var node = NodeSource.Load(common, parsed);
            // Without an address no link can be made: found out before anything is changed.
            var address = NodeLinks.AddressOf(node.Config);
            var called = parsed.GetValue(name)!;
            var person = parsed.GetValue(again)
                ? node.Roster.Find(called) ?? throw Unknown()
                : RosterChange.NewPerson(called, TimeProvider.System.GetUtcNow());
            if (parsed.GetValue(plain))
                person = person with { Flow = "" };
            if (!parsed.GetValue(again))
            {
                NodeState.ChangePeople(node.Folder, roster => RosterChange.Add(roster, person));
                await NodeSource.TellAsync(terminal, node.Folder, stop);
            }

            var link = NodeLinks.Of(node, person, address);
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, Answer(person, link.Format()), AnswersJson.Plain.PersonAnswer);
            else
                Invitation.Show(terminal, link);
            return ExitCode.Done;
        });
        return command;
    }

    private static CommandException Unknown() => new("nobody is called so", "karez users lists everyone");

    private static PersonAnswer Answer(Person person, string link) =>
        new(person.Name, person.Created, person.Flow.Length > 0, Link: link);
}
