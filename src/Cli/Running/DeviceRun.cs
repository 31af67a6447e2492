using System.Globalization;
using Karez.Cli.Output;
using Karez.Client;
using Karez.Client.Device;
using Karez.Guard;
using Karez.Guard.Switch;
using Karez.Net.Loops;
using Karez.Sys;
using Karez.Tun;

namespace Karez.Cli.Running;

/// <summary>Runs a device from its start to its end, and says what happens.</summary>
internal static class DeviceRun
{
    /// <summary>Refuses in two lines what cannot work here, before anything is tried.</summary>
    /// <exception cref="CommandException">Not root, or there is no /dev/net/tun.</exception>
    public static void Check()
    {
        if (Users.EffectiveId != 0)
            throw new CommandException("carrying the whole machine needs root", "sudo karez connect ... --tun");
        if (!File.Exists("/dev/net/tun"))
        {
            throw new CommandException(
                "this machine has no /dev/net/tun", "modprobe tun; in a container: --device /dev/net/tun");
        }
    }

    /// <summary>Runs until it is told to stop; then the machine is as it was.</summary>
    public static async Task RunAsync(
        Terminal terminal, ClientStart start, DevicePlan plan, bool json, CancellationToken cancellationToken)
    {
        ProcessLimits.Raise();
        using var signals = new Signals(cancellationToken);
        await using var device = await StartAsync(terminal, start, plan);
        var node = start.Plan.Link.ToString();
        // The switch lets nobody out who could ask the site.
        var told = new Troubles(terminal, _ => Task.FromResult<DateTimeOffset?>(null));
        device.Describe = (link, exception) => TunnelTrouble.Of(
            exception, link.ToString(), new Clocks(TimeProvider.System.GetUtcNow(), null));
        device.NodeMissed += told.Note;
        device.NodeChanged += link => terminal.Inform($"going through {link}");
        device.SiteFailed += fault => told.Note(TunnelTrouble.OfSite(fault));
        device.Noted += text => terminal.Inform($"note: {Terminal.Printable(text)}");
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        device.Changed += state =>
        {
            Say(terminal, device, state);
            if (state == SwitchState.Connected)
                connected.TrySetResult();
        };
        if (json)
        {
            var answer = new ConnectAnswer(true, device.Listening?.ToString(), node, start.Profile.Name, plan.Name);
            Answers.Write(terminal, answer, AnswersJson.Plain.ConnectAnswer);
            terminal.Output.Flush();
        }
        else
        {
            var port = device.Listening is { } listening ? $", SOCKS5 and HTTP on {listening}" : "";
            terminal.Inform($"everything goes into {plan.Name}, through {node}, as {start.Profile.Name}{port}");
            if (!plan.HasSwitch)
                terminal.Inform("note: the kill switch is off; packets leave in clear when karez is not there");
        }

        if (device.State == SwitchState.Connected)
        {
            Say(terminal, device, SwitchState.Connected); // it was quicker than this
            connected.TrySetResult();
        }

        var ended = Task.WhenAny(signals.WaitAsync(), device.Ended);
        // The first handshake belongs to what only a start needs.
        if (await Task.WhenAny(ended, connected.Task) != ended)
            ProcessMemory.Rest();
        await ended;
        if (!json)
            terminal.Inform("giving the machine back");
    }

    private static async Task<DeviceClient> StartAsync(Terminal terminal, ClientStart start, DevicePlan plan)
    {
        try
        {
            return await DeviceClient.StartAsync(start, plan, TimeProvider.System, new Bugs(terminal).Note);
        }
        catch (GuardException e)
        {
            throw new CommandException(e.Message, e.Hint);
        }
        catch (TunException e)
        {
            throw new CommandException(e.Message, e.Hint);
        }
        catch (Karez.Net.Loops.ListenException e)
        {
            throw ListenTrouble.Of(e, start.Plan.Listen?.ToString() ?? "the device's own port");
        }
    }

    private static void Say(Terminal terminal, DeviceClient device, SwitchState state)
    {
        if (state == SwitchState.Paused)
        {
            var until = DateTimeOffset.Now + TimeSpan.FromSeconds(device.Status.OpenForSeconds);
            terminal.Inform(string.Create(
                CultureInfo.InvariantCulture, $"OPEN until {until:HH:mm:ss}: everything leaves in clear"));
            return;
        }

        if (state is SwitchState.Connected or SwitchState.Reconnecting)
            terminal.Inform(state.ToString().ToLowerInvariant());
    }
}
