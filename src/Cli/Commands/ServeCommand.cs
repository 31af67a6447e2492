using System.CommandLine;
using Karez.Cli.Output;
using Karez.Cli.Running;
using Karez.Net.Loops;
using Karez.Server;
using Karez.Server.State;
using Karez.Server.Targets;

namespace Karez.Cli.Commands;

/// <summary><c>karez serve</c>: runs a node.</summary>
internal static class ServeCommand
{
    private const string FirstPerson = "me";

    public static Command Build(Terminal terminal)
    {
        var command = new Command("serve", "Runs a node in front of a web site; the first run makes keys and a link.");
        var options = new ServeOptions(command);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            var folder = common.Open(parsed, create: true);
            using var alone = folder.Take(NodeState.Role);
            var isFirst = !NodeState.IsIn(folder);
            var state = isFirst ? Prepare(folder, common, options, parsed) : LoadAgain(folder, common, options, parsed);
            var json = parsed.GetValue(common.Json);
            await RunAsync(terminal, state, isFirst, json, stop);
            return ExitCode.Done;
        });
        return command;
    }

    private static NodeState Prepare(StateFolder folder, CommonOptions common, ServeOptions options, ParseResult parsed)
    {
        var written = parsed.GetValue(common.Config) is { } path ? NodeSource.ReadConfig(path) : null;
        var config = options.Apply(written, parsed) ?? throw new CommandException(
            "the first start needs the site that strangers shall reach",
            "karez serve --target HOST; karez scout HOST... rates some",
            ExitCode.WrongUse);
        // Without an address the link would be no use: found out before anything is made.
        _ = NodeLinks.AddressOf(config);
        return NodeState.Prepare(folder, config, FirstPerson, TimeProvider.System.GetUtcNow());
    }

    private static NodeState LoadAgain(
        StateFolder folder, CommonOptions common, ServeOptions options, ParseResult parsed)
    {
        var state = NodeState.Load(folder);
        var written = parsed.GetValue(common.Config) is { } path ? NodeSource.ReadConfig(path) : state.Config;
        var config = options.Apply(written, parsed)!; // there is one to change
        return config == state.Config ? state : state.With(config);
    }

    private static async Task RunAsync(
        Terminal terminal, NodeState state, bool isFirst, bool json, CancellationToken cancellationToken)
    {
        ProcessLimits.Raise();
        var time = TimeProvider.System;
        var started = time.GetUtcNow();
        using var hellos = Hellos(terminal, state.Folder, isFirst, started);
        await using var node = await StartAsync(terminal, state, isFirst, hellos);
        if (isFirst)
            state.Save();
        node.TargetLearnt += learnt => Keep(terminal, state.Folder, learnt);
        node.TargetTroubled += trouble => terminal.Inform(
            trouble is null ? "the target is well again" : $"warning: the target is not well: {trouble}");
        node.Shortage += noticed => Tell(terminal, noticed, node.MaxConnections);
        var isOutdated = false;
        var reloads = new Lock();
        await using var control = ControlSocket.Serve(
            state.Folder,
            () => NodeReport.Of(node, state, started, time.GetUtcNow(), isOutdated),
            _ => ValueTask.FromResult(Reload()));
        using var signals = new Signals(cancellationToken, () =>
        {
            if (Reload() is { } wrong)
                terminal.Inform($"karez: not read again: {wrong}");
        });
        Announce(terminal, node, state, isFirst, json);
        ProcessMemory.Rest();
        await signals.WaitAsync();
        terminal.Inform("stopping; running flows may end by themselves for a while (once more stops at once)");
        await node.StopAsync(signals.Hurry);

        // One after another: whoever read the roster first would otherwise bring back a person who was revoked since.
        string? Reload()
        {
            lock (reloads)
            {
                try
                {
                    var read = NodeState.Load(state.Folder);
                    node.Reload(read.Roster);
                    var differs = !read.HasNodeOf(state);
                    if (differs && !isOutdated)
                        terminal.Inform($"note: {NodeReport.Outdated}");
                    isOutdated = differs;
                    return null;
                }
                catch (StateException e)
                {
                    return e.Message;
                }
            }
        }
    }

    private static async Task<Node> StartAsync(
        Terminal terminal, NodeState state, bool isFirst, HelloJournal? hellos)
    {
        try
        {
            var plan = NodePlan.Compile(state.Config, state.Keys, keysAreNew: isFirst) with
            {
                Learnt = Learnt(terminal, state),
                Hellos = hellos,
                OpensLate = hellos is null,
            };
            if (plan.Learnt is null && terminal.ErrorIsTerminal)
                terminal.Inform($"looking at {state.Config.Target} first, which takes 15 s at most");
            return await Node.StartAsync(plan, state.Roster, TimeProvider.System, new Bugs(terminal).Note);
        }
        catch (ListenException e)
        {
            throw ListenTrouble.Of(e, state.Config.Listen);
        }
        catch (TargetException e)
        {
            throw new CommandException(
                $"the target cannot be used: {e.Message}", "give another --target; karez scout HOST... rates some");
        }
    }

    private static HelloJournal? Hellos(Terminal terminal, StateFolder folder, bool isFirst, DateTimeOffset now)
    {
        try
        {
            return HelloJournal.Open(folder, now.ToUnixTimeSeconds());
        }
        catch (StateException e) when (!isFirst)
        {
            terminal.Inform($"note: {e.Message}; nobody is let in for the first 90 s, against copies of hellos");
            return null;
        }
    }

    private static LearntTarget? Learnt(Terminal terminal, NodeState state)
    {
        try
        {
            var learnt = NodeState.LearntFile.Read(state.Folder);
            return learnt?.Target == state.Config.Target ? learnt : null;
        }
        catch (StateException e)
        {
            // It is reported, and left as it is until the target has been learnt anew.
            terminal.Inform($"note: {e.Message}; the target is learnt anew");
            return null;
        }
    }

    private static void Keep(Terminal terminal, StateFolder folder, LearntTarget learnt)
    {
        try
        {
            NodeState.LearntFile.Write(folder, learnt);
        }
        catch (StateException e)
        {
            terminal.Inform($"note: {e.Message}; the next start learns the target anew");
        }
    }

    private static void Tell(Terminal terminal, ListenerEvent noticed, int most)
    {
        terminal.Inform(noticed switch
        {
            ListenerEvent.Full => $"karez: {most} connections are held, the most there may be; new callers wait",
            ListenerEvent.OutOfDescriptors => "karez: no descriptors are left; new callers wait",
            _ => "callers are let in again",
        });
        if (noticed != ListenerEvent.Recovered)
            terminal.Inform("hint: raise ulimit -Hn (LimitNOFILE= of the unit) or maxConnections in node.json");
    }

    private static void Announce(Terminal terminal, Node node, NodeState state, bool isFirst, bool json)
    {
        var link = isFirst
            ? NodeLinks.Of(state, state.Roster.People[0], NodeLinks.AddressOf(state.Config))
            : null;
        if (json)
        {
            var answer = new ServeAnswer(true, node.Listening.ToString(), state.Config.Target, link?.Format());
            Answers.Write(terminal, answer, AnswersJson.Plain.ServeAnswer);
            terminal.Output.Flush();
            return;
        }

        terminal.Inform($"listening on {node.Listening}; strangers reach {state.Config.Target}");
        foreach (var warning in NodeReport.Warnings(node))
            terminal.Inform($"warning: {warning}");
        if (link is null)
            return;
        terminal.Inform("your link; whoever has it is let in:");
        Invitation.Show(terminal, link);
        terminal.Inform("karez invite NAME makes one for somebody else");
    }
}
