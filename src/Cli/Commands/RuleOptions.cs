using System.CommandLine;
using Karez.Config;

namespace Karez.Cli.Commands;

/// <summary>The options of rules, for those who have no configuration file.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string?> _home = new("--home")
    {
        Description = "The country this machine is in, two letters: what --geo lists for it goes direct",
        HelpName = "CC",
    };

    private readonly Option<string[]> _geo = new("--geo")
    {
        Description = "A geosite.dat, geoip.dat, .mmdb or plain list; may be repeated",
        HelpName = "FILE",
    };

    public RuleOptions(Command command)
    {
        command.Add(_home);
        command.Add(_geo);
    }

    /// <summary>The configuration with what the command line says of rules.</summary>
    /// <exception cref="CommandException">A country without a file.</exception>
    public ClientConfig Apply(ParseResult parsed, ClientConfig config)
    {
        var (home, files) = (parsed.GetValue(_home), parsed.GetValue(_geo) ?? []);
        if (home is null && files.Length == 0)
            return config;
        var route = config.Route ?? new RouteConfig();
        route = route with
        {
            Home = home ?? route.Home,
            Files = [.. route.Files ?? [], .. files.Select(Path.GetFullPath)],
        };
        if (route is { Home: not null, Files.Count: 0 })
        {
            throw new CommandException(
                "--home needs a file that lists the country",
                "--geo geosite.dat --geo geoip.dat; private addresses go direct without any", ExitCode.WrongUse);
        }

        return config with { Route = route };
    }

    /// <summary>The configuration with its files beside it, where their paths are not whole.</summary>
    /// <param name="path">The configuration's file.</param>
    /// <param name="config">What is in it.</param>
    public static ClientConfig Beside(string path, ClientConfig config)
    {
        if (config.Route?.Files is not { Count: > 0 } files)
            return config;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        return config with
        {
            Route = config.Route with { Files = [.. files.Select(file => Path.Combine(folder, file))] },
        };
    }
}
