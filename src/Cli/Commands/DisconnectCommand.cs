using System.CommandLine;
using Karez.Cli.Output;
using Karez.Client.Device;
using Karez.Guard;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez disconnect</c>: ends a device and gives the machine back, also after a crash.</summary>
internal static class DisconnectCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Build(Terminal terminal)
    {
        var command = new Command(
            "disconnect", "Ends karez connect --tun and gives the machine back as it was, also after a crash.");
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var folder = common.Open(parsed);
            var asked = await DeviceSocket.DisconnectAsync(folder.Path, stop);
            if (asked is { Ok: false, What: { } wrong })
                throw new CommandException(wrong, "karez status says what runs");
            using var alone = await TakeAsync(folder, stop);
            var held = HeldDevice.IsThere(folder.Path);
            Undo(folder);
            var what = asked is not null ? "ended; the machine is as it was"
                : held ? "what a killed karez left is undone; the machine is as it was"
                : "nothing was left to undo";
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, new DoneAnswer(true, asked is not null), AnswersJson.Plain.DoneAnswer);
            else
                terminal.Inform(what);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Undo(StateFolder folder)
    {
        IReadOnlyList<string> wrong;
        try
        {
            wrong = HeldDevice.Undo(folder.Path);
        }
        catch (GuardException e)
        {
            throw new CommandException(e.Message, e.Hint);
        }

        if (wrong.Count > 0)
            throw new CommandException($"not undone: {wrong[0]}", "run it as root; see docs/guide/device.md");
    }

    /// <summary>Waits until whoever was asked to end has ended.</summary>
    private static async Task<IDisposable> TakeAsync(StateFolder folder, CancellationToken stop)
    {
        var time = TimeProvider.System;
        for (var began = time.GetTimestamp(); ;)
        {
            if (folder.TryTake(ConnectCommand.Role) is { } held)
                return held;
            if (time.GetElapsedTime(began) > Patience)
                throw new CommandException("the running karez does not end", "end it: kill -9, then disconnect again");
            await Task.Delay(50, stop);
        }
    }
}
