using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Client.Device;
using Karez.Guard;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez pause 2m</c>: opens the network for a captive portal.</summary>
internal static class PauseCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public static Command Build(Terminal terminal)
    {
        var command = new Command(
            "pause", "Opens the network for a while, in clear, as for a captive portal; it closes by itself.");
        var duration = new Argument<string>("TIME") { Description = "How long: 90s, 2m; at most 15m" };
        command.Add(duration);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var span = Parse(parsed.GetValue(duration)!); // the argument is required
            var folder = common.Open(parsed);
            var answer = await DeviceSocket.PauseAsync(folder.Path, span, stop);
            if (answer is null)
                Open(folder, span);
            else if (!answer.Ok)
                throw new CommandException(answer.What ?? "it gave no answer", "karez status says how it is");
            if (parsed.GetValue(common.Json))
            {
                Answers.Write(terminal, new DoneAnswer(true, answer is not null), AnswersJson.Plain.DoneAnswer);
                return ExitCode.Done;
            }

            var until = DateTimeOffset.Now + span;
            terminal.Inform(string.Create(
                CultureInfo.InvariantCulture, $"OPEN until {until:HH:mm:ss}: everything leaves in clear"));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A number with s or m behind it; seconds without.</summary>
    internal static TimeSpan Parse(string text)
    {
        var (digits, unit) = text switch
        {
            [.. var number, 's'] => (number, 1),
            [.. var number, 'm'] => (number, 60),
            _ => (text, 1),
        };
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && count <= Longest.TotalSeconds && TimeSpan.FromSeconds(count * unit) is var span
            && span <= Longest)
            return span;
        throw new CommandException($"{text} is no time up to 15m", "for example karez pause 2m", ExitCode.WrongUse);
    }

    /// <summary>Opens what a killed karez holds shut.</summary>
    private static void Open(StateFolder folder, TimeSpan span)
    {
        using var alone = folder.Take(ConnectCommand.Role);
        if (!HeldDevice.IsThere(folder.Path))
            throw new CommandException($"nothing is closed on {folder.Path}", "karez connect --tun closes");
        try
        {
            HeldDevice.Pause(folder.Path, span);
        }
        catch (GuardException e)
        {
            throw new CommandException(e.Message, e.Hint);
        }
    }
}
