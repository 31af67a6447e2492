using System.CommandLine;
using System.Globalization;
using Karez.Cli.Output;
using Karez.Client.Device;
using Karez.Client.Endpoints;
using Karez.Server.State;

namespace Karez.Cli.Commands;

/// <summary><c>karez status</c>: how the running node is.</summary>
internal static class StatusCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("status", "Says how the running node, client or device is.");
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var folder = common.Open(parsed);
            var node = await ControlSocket.StatusAsync(folder, stop);
            var device = await DeviceSocket.StatusAsync(folder.Path, stop) is { Status: { } running }
                ? running
                : HeldDevice.Status(folder.Path);
            if (device is not null)
            {
                if (!parsed.GetValue(common.Json))
                    Show(terminal, device);
                else if (node is null)
                    Answers.Write(terminal, device, DeviceJson.Default.DeviceStatus);
                if (node is null)
                    return ExitCode.Done;
            }

            var answer = node
                ?? throw new CommandException($"no node is running on {folder.Path}", "karez serve starts it");
            var status = answer.Status
                ?? throw new CommandException(answer.What ?? "it gave no answer", "use the same karez for both");
            if (parsed.GetValue(common.Json))
                Answers.Write(terminal, status, AnswersJson.Plain.NodeStatus);
            else
                Show(terminal, status);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(Terminal terminal, DeviceStatus status)
    {
        var since = status.Since is { } began ? $", for {Age(TimeProvider.System.GetUtcNow() - began)}" : "";
        List<string[]> rows = status.Listening is { } listening ? [["listening", $"{listening}{since}"]] :
        [
            ["device", $"{status.Device}, {status.State}{since}"],
            ["kill switch", !status.KillSwitch ? "off"
                : status.OpenForSeconds > 0 ? $"OPEN for {status.OpenForSeconds} s more, everything leaves in clear"
                : status.Refused is { } refused ? $"closed, {refused} packets refused" : "closed"],
        ];
        if (status.Node is { } node)
            rows.Add(["through", node]);
        foreach (var one in status.Nodes ?? [])
            rows.Add(["node", Say(one)]);
        if (status.Overhead > 0)
            rows.Add(["overhead", $"{Tables.Octets(status.Overhead)} of handshakes, probes and updates"]);
        if (!status.HasNetwork)
            rows.Add(["network", "none"]);
        if (status.Trouble is { } trouble)
            rows.Add(["trouble", $"{trouble}; {status.Hint}"]);
        if (status.Started is null)
            rows.Add(["left", "karez was killed; karez disconnect gives the machine back"]);
        foreach (var row in rows)
            terminal.Output.WriteLine($"{row[0],-12} {Terminal.Printable(row[1])}");
    }

    private static string Say(EndpointStatus node)
    {
        var how = node.Rests ? "rests" : node.LatencyMilliseconds is { } latency ? $"{latency} ms" : "not tried";
        var limit = node.Limit > 0 ? $" of {node.Limit}" : "";
        var taken = node.Taken > 0 ? $", {node.Taken} still ones ended for them" : "";
        var beyond = node.Beyond > 0 ? $", {node.Beyond} beyond the limit" : "";
        return $"{node.Node}: {how}; {node.Connections}{limit} connections ({node.Most} at most), "
            + $"{node.Handshakes} handshakes under way, {node.Shared} flows share ({node.SharedTotal} in all), "
            + $"{node.Waited} waited{taken}{beyond}; {Tables.Octets(node.Octets)}, {node.SharePercent} %";
    }

    private static void Show(Terminal terminal, NodeStatus status)
    {
        var running = TimeProvider.System.GetUtcNow() - status.Started;
        var (sentUp, sentDown) = (status.People.Sum(p => p.Up), status.People.Sum(p => p.Down));
        var online = status.People.Count(p => p.Flows > 0);
        string[][] rows =
        [
            ["listening", $"{status.Listen}, for {Age(running)}"],
            ["target", $"{status.Target}, {status.TargetTrouble ?? "well"}"],
            ["learnt", status.ProfileAgeSeconds is { } age ? $"{Age(TimeSpan.FromSeconds(age))} ago" : "nothing yet"],
            ["people", $"{online} of {status.People.Count} online"],
            ["carried", $"{Tables.Octets(sentUp)} up, {Tables.Octets(sentDown)} down"],
            ["connections", $"{status.Connections}"],
            ["descriptors", $"{status.Descriptors} of {status.DescriptorLimit}"],
            ["ports", $"{status.Ports} of {status.PortLimit}, if one destination had them all"],
        ];
        foreach (var row in rows)
            terminal.Output.WriteLine($"{row[0],-12} {Terminal.Printable(row[1])}");
        foreach (var person in status.People.Where(p => p.Flows > 0))
        {
            var name = Terminal.Printable(person.Name);
            var (up, down) = (Tables.Octets(person.Up), Tables.Octets(person.Down));
            terminal.Output.WriteLine($"online       {name}: {up} up, {down} down");
        }

        foreach (var warning in status.Warnings)
            terminal.Output.WriteLine($"warning      {Terminal.Printable(warning)}");
    }

    private static string Age(TimeSpan span)
    {
        var (number, unit) = span switch
        {
            { TotalDays: >= 2 } => (span.TotalDays, "days"),
            { TotalHours: >= 2 } => (span.TotalHours, "h"),
            { TotalMinutes: >= 2 } => (span.TotalMinutes, "min"),
            _ => (Math.Max(0, span.TotalSeconds), "s"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number:0} {unit}");
    }
}
