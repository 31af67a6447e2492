using System.CommandLine;
using System.Security.Cryptography;
using Karez.Cli.Running;
using Karez.Client.Gateway;
using Karez.Client.Subscriptions;

namespace Karez.Cli.Commands;

/// <summary><c>karez gateway LINK --lan IFACE</c>: this machine is the phones' gateway.</summary>
internal static class GatewayCommand
{
    // Without letters and digits that are read as one another.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    public static Command Build(Terminal terminal)
    {
        var command = new Command(
            "gateway",
            "Makes this machine the gateway of phones, which need nothing installed. At home only: a phone that leaves "
            + "the house, or falls back to the cellular network, is not carried and not protected there.");
        var link = new Argument<string?>("LINK")
        {
            Description = "A vless:// link, a file with one, or - for stdin; not needed with --config",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var lan = new Option<string>("--lan")
        {
            Description = "The interface at which the phones are",
            HelpName = "IFACE",
            Required = true,
        };
        var ssid = new Option<string?>("--ssid")
        {
            Description = "Makes an access point of this name on the interface (hostapd)",
            HelpName = "NAME",
        };
        var password = new Option<string?>("--password-file")
        {
            Description = "A file with the access point's password; without it one is made and shown",
            HelpName = "FILE",
        };
        var country = new Option<string?>("--country")
        {
            Description = "The country whose radio rules hold, two letters",
            HelpName = "CC",
        };
        // For tests: hostapd runs without a radio.
        var driver = new Option<string>("--radio-driver") { Hidden = true, DefaultValueFactory = _ => "nl80211" };
        command.Add(link);
        command.Add(lan);
        command.Add(ssid);
        command.Add(password);
        command.Add(country);
        command.Add(driver);
        var rules = new RuleOptions(command);
        var device = new DeviceOptions(command, isGateway: true);
        var common = new CommonOptions(command);
        command.SetAction(async (parsed, stop) =>
        {
            DeviceRun.Check();
            var config = ConnectCommand.Configure(terminal, parsed.GetValue(common.Config), parsed.GetValue(link));
            config = rules.Apply(parsed, config);
            ConnectCommand.Check(config);
            var gateway = new GatewayPlan
            {
                Lan = parsed.GetValue(lan)!, // required
                Ssid = parsed.GetValue(ssid),
                Country = parsed.GetValue(country),
                Driver = parsed.GetValue(driver)!,
            };
            gateway = WithPassword(terminal, gateway, parsed.GetValue(password));
            var folder = common.Open(parsed, create: true);
            using var alone = folder.Take(ConnectCommand.Role);
            await SubscriptionFirst.FetchAsync(
                config, folder.Path, TimeProvider.System, text => terminal.Inform($"note: {text}"), stop);
            var start = ConnectCommand.Compile(config, listens: false, folder.Path);
            var plan = device.Read(parsed, folder.Path) with { Gateway = gateway };
            await DeviceRun.RunAsync(terminal, start, plan, parsed.GetValue(common.Json), stop);
            return ExitCode.Done;
        });
        return command;
    }

    private static GatewayPlan WithPassword(Terminal terminal, GatewayPlan plan, string? file)
    {
        if (plan.Ssid is null)
            return plan;
        var password = file is null
            ? RandomNumberGenerator.GetString(Letters, 14)
            : System.Text.Encoding.UTF8.GetString(InputFile.Read(file)).Trim();
        if (plan.WhyNoPoint(password) is { } wrong)
            throw new CommandException(wrong, "--ssid NAME, --password-file FILE", ExitCode.WrongUse);
        if (file is null)
            terminal.Inform($"the password of {Terminal.Printable(plan.Ssid)}: {password}");
        return plan with { Password = password };
    }
}
