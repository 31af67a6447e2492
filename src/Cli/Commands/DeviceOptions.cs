using System.CommandLine;
using System.Net;
using Karez.Client.Device;

namespace Karez.Cli.Commands;

/// <summary>The options of what carries a whole machine.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<bool> _local = new("--lan")
    {
        Description = "Lets programs talk to the local network, never to ports 53 and 853",
    };

    private readonly Option<string> _switch = new("--kill-switch")
    {
        Description = "on or off; off lets packets out in clear when karez is not there",
        HelpName = "on|off",
        DefaultValueFactory = _ => "on",
    };

    private readonly Option<bool> _ipv6 = new("--ipv6")
    {
        Description = "Carries IPv6; without it IPv6 is refused, so that programs take IPv4",
    };

    private readonly Option<bool> _quic = new("--quic")
    {
        Description = "Carries UDP to port 443; without it browsers take TCP",
    };

    private readonly Option<bool> _doh = new("--block-doh")
    {
        Description = "Refuses DNS over TLS and known DNS over HTTPS servers",
    };

    private readonly Option<string[]> _resolvers = new("--direct-dns")
    {
        Description = "Who is asked for names that go direct, if not whom the machine asks; may be repeated",
        HelpName = "ADDR",
    };

    /// <param name="command">The command that gets them.</param>
    /// <param name="isGateway">Where <c>--lan</c> names the phones' interface, and is another option.</param>
    public DeviceOptions(Command command, bool isGateway)
    {
        _switch.AcceptOnlyFromAmong("on", "off");
        if (!isGateway)
            command.Add(_local);
        command.Add(_switch);
        command.Add(_ipv6);
        command.Add(_quic);
        command.Add(_doh);
        command.Add(_resolvers);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">An address that is none.</exception>
    public DevicePlan Read(ParseResult parsed, string folder) => new()
    {
        Folder = folder,
        Local = parsed.GetResult(_local) is not null && parsed.GetValue(_local),
        HasSwitch = parsed.GetValue(_switch) != "off",
        CarriesIPv6 = parsed.GetValue(_ipv6),
        CarriesQuic = parsed.GetValue(_quic),
        RefusesDoh = parsed.GetValue(_doh),
        DirectResolvers = [.. (parsed.GetValue(_resolvers) ?? []).Select(Resolver)],
    };

    private static IPEndPoint Resolver(string text) => IPAddress.TryParse(text, out var address)
        ? new IPEndPoint(address, 53)
        : IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port != 0
            ? endPoint
            : throw new CommandException(
                $"--direct-dns {text} is no address", "for example --direct-dns 192.168.1.1", ExitCode.WrongUse);
}
