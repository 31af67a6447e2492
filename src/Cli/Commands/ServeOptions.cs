using System.CommandLine;
using Karez.Config;

namespace Karez.Cli.Commands;

/// <summary>What a node can be told on the command line; the rest stands in its file.</summary>
internal sealed class ServeOptions
{
    private readonly Option<string?> _target = new("--target")
    {
        Description = "The site that strangers reach: HOST[:PORT] or unix:PATH; needed the first time",
        HelpName = "HOST[:PORT]",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The name on the site's certificate, if it is not the target's host",
        HelpName = "NAME",
    };

    private readonly Option<string?> _listen = new("--listen")
    {
        Description = "Where to listen, [::]:443 if nothing is said",
        HelpName = "ADDR:PORT",
    };

    private readonly Option<string?> _address = new("--address")
    {
        Description = "What links carry, if it is not this machine's own public address",
        HelpName = "HOST[:PORT]",
    };

    private readonly Option<bool> _allowPrivate = new("--allow-private")
    {
        Description = "Let the exit reach private addresses; for laboratories",
    };

    public ServeOptions(Command command)
    {
        command.Add(_target);
        command.Add(_name);
        command.Add(_listen);
        command.Add(_address);
        command.Add(_allowPrivate);
    }

    /// <summary>Changes a configuration by what was given, and checks it.</summary>
    /// <returns>Null if there is no configuration to change and no target was given.</returns>
    /// <exception cref="CommandException">What was given is wrong.</exception>
    public NodeConfig? Apply(NodeConfig? written, ParseResult parsed)
    {
        var target = parsed.GetValue(_target);
        var config = written ?? (target is null ? null : new NodeConfig(target));
        if (config is null)
            return null;
        // A name that belonged to the target before does not belong to another one.
        var name = parsed.GetValue(_name) ?? (target is null || target == config.Target ? config.Name : null);
        config = config with
        {
            Target = target ?? config.Target,
            Name = name,
            Listen = parsed.GetValue(_listen) ?? config.Listen,
            Address = parsed.GetValue(_address) ?? config.Address,
            AllowPrivate = parsed.GetValue(_allowPrivate) || config.AllowPrivate,
        };
        var problems = new List<Problem>();
        config.Check(problems);
        return problems.Count == 0
            ? config
            : throw new CommandException([.. problems.Select(AsOption)], ExitCode.WrongUse);
    }

    private static Problem AsOption(Problem problem) => problem with
    {
        Path = problem.Path switch
        {
            "$.target" => "--target",
            "$.name" => "--name",
            "$.listen" => "--listen",
            "$.address" => "--address",
            var other => other,
        },
    };
}
