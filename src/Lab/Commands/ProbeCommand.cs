using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Karez.Lab.Probers;

namespace Karez.Lab.Commands;

/// <summary><c>karez-lab probe LINK|HOST:PORT --cover HOST:PORT</c>.</summary>
internal static class ProbeCommand
{
    public static Command Build()
    {
        var target = new Argument<string>("LINK|HOST:PORT") { Description = "One node; elsewhere than here, its link" };
        var cover = new Option<string>("--cover")
        {
            Description = "The bare cover site, on this machine",
            Required = true,
        };
        var name = new Option<string?>("--name") { Description = "The name that hellos carry" };
        var command = new Command("probe", "Probes one node as censors do, and compares it with the bare cover site.")
        {
            target, cover, name,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(target), parsed.GetRequiredValue(cover), parsed.GetValue(name),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string target, string cover, string? name, TextWriter output, TextWriter error,
        CancellationToken cancellationToken)
    {
        (string Node, string Name)? link =
            target.StartsWith("vless://", StringComparison.OrdinalIgnoreCase) ? ReadLink(target) : null;
        var coverAt = Resolve(cover);
        var gate = ProbeGate.OfCommand();
        // The cover is somebody's site; only one on this machine is probed.
        await CheckAsync(gate, coverAt);
        var node = Resolve(link?.Node ?? target);
        var serverName = name ?? link?.Name ?? "www.karez-site.example";
        if (link is { } held && !IPAddress.IsLoopback(node.Address))
        {
            error.WriteLine("asking the node whether it lets the link's holder in");
            if (await NodeDoor.TryAsync(target, held.Name, cancellationToken) is { } refused)
            {
                throw new LabException(
                    $"not probed: the node did not let us in ({refused})", "use the link of your own node");
            }

            gate.LetIn(node.Address);
        }

        gate.Aim(node);
        return await CompareAsync(gate, node, coverAt, serverName, output, error, cancellationToken);
    }

    private static async Task<int> CompareAsync(
        ProbeGate gate, IPEndPoint node, IPEndPoint cover, string name, TextWriter output, TextWriter error,
        CancellationToken cancellationToken)
    {
        var random = new Random(1);
        static ProbeTarget At(IPEndPoint at, string name) =>
            new(at, name, () => new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        var prober = new Prober(gate, TimeSpan.FromSeconds(2));
        var comparison = new ProbeComparison(prober, At(node, name), At(cover, name), "node");
        List<Probe> probes =
        [
            .. ProbeSets.Thresholds(name, random), .. ProbeSets.Tickets(), .. ProbeSets.Stack(name, random),
            .. ProbeSets.Differential(new HelloSpec { ServerName = name }.ToRecord(random), "own hello"),
        ];
        error.WriteLine($"{probes.Count} probes, one connection a second");
        var differ = 0;
        foreach (var probe in probes)
        {
            var found = await comparison.CompareAsync(probe, 1, cancellationToken);
            if (found.Differs)
                found = await comparison.CompareAsync(probe, 2, cancellationToken);
            if (!found.Differs)
                continue;
            differ++;
            output.WriteLine($"{found.Technique}: {found.Probe}");
            output.WriteLine($"  node   {string.Join(" | ", found.Node.Keys)}");
            output.WriteLine($"  cover  {string.Join(" | ", found.Cover.Keys)}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{differ} of {probes.Count} probes differ"));
        return differ == 0 ? LabCommand.Done : LabCommand.Failed;
    }

    private static async Task CheckAsync(ProbeGate gate, IPEndPoint cover)
    {
        try
        {
            await gate.PassAsync(cover.Address, CancellationToken.None);
        }
        catch (LabException)
        {
            throw new LabException(
                $"the cover {cover} is not on this machine, and is not probed",
                "run the cover site (or a copy of it) on this machine, and name its loopback address");
        }
    }

    /// <summary>Node and name out of a link (docs/protocols/link.md).</summary>
    private static (string Node, string Name) ReadLink(string link)
    {
        if (!Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.Port <= 0)
            throw new LabException("the link cannot be read", "give it whole, in quotes");
        var name = uri.Query.TrimStart('?').Split('&').Select(part => part.Split('=', 2))
            .Where(part => part[0] == "sni" && part.Length == 2).Select(part => Uri.UnescapeDataString(part[1]))
            .FirstOrDefault() ?? uri.Host;
        return ($"{uri.Host}:{uri.Port}", name);
    }

    private static IPEndPoint Resolve(string text)
    {
        var at = text.LastIndexOf(':');
        if (at > 0 && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536)
        {
            var host = text[..at].Trim('[', ']');
            if (host == "localhost")
                return new IPEndPoint(IPAddress.Loopback, port);
            // Names are not looked up: a name may lead to many, and to other people's.
            if (IPAddress.TryParse(host, out var address))
                return new IPEndPoint(address, port);
        }

        throw new LabException($"{text} is not one ADDRESS:PORT", "one target, for example 127.0.0.1:8443, or a link");
    }
}
