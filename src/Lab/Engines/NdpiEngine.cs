using System.Text.RegularExpressions;

namespace Karez.Lab.Engines;

/// <summary>ndpiReader: Debian's libndpi-bin, or a newer one named by path.</summary>
/// <param name="program">The program; its name where PATH leads to it.</param>
public sealed partial class NdpiEngine(string program = "ndpiReader")
{
    private readonly string? _path = EngineProcess.Find(program);

    /// <summary>Protocols whose detection alone is an alert: tunnels, and what could not be named.</summary>
    private static readonly string[] s_alarming =
        ["OpenVPN", "WireGuard", "Tor", "SOCKS", "IPsec", "CiscoVPN", "HotspotShield", "Psiphon", "TINC", "Unknown"];

    /// <summary>What is missing to run it; null when nothing is.</summary>
    public string? WhyNot => _path is null ? $"{program} is missing: apt-get install -y libndpi-bin" : null;

    /// <summary>Runs it over a capture.</summary>
    /// <exception cref="LabException">It is missing, or failed.</exception>
    public async Task<EngineResult> RunAsync(string capture, CancellationToken cancellationToken)
    {
        var path = _path ?? throw new LabException(WhyNot!, "or name a newer one by its path");
        return Parse(await EngineProcess.RunAsync(path, ["-i", capture, "-v", "2"], cancellationToken));
    }

    /// <summary>Reads what it prints with -v 2.</summary>
    internal static EngineResult Parse(string printed)
    {
        var match = Version().Match(printed);
        var version = match.Success ? match.Groups[1].Value : "of unknown version";
        var note = version.StartsWith("4.2", StringComparison.Ordinal)
            ? "of 2022: no fully-encrypted, TLS-in-TLS or opcode heuristics, no JA4"
            : "heuristics as this version has them by default";
        var flows = 0;
        var alerts = new List<EngineAlert>();
        foreach (Match line in Line().Matches(printed))
        {
            flows++;
            var flow = NameOf(line.Groups[1].Value, line.Groups[2].Value, line.Groups[3].Value);
            var protocol = line.Groups[4].Value;
            if (s_alarming.Any(name => protocol.Split('.').Contains(name, StringComparer.OrdinalIgnoreCase)))
                alerts.Add(new EngineAlert(flow, $"protocol {protocol}"));
            if (Risks().Match(line.Value) is { Success: true } risks)
            {
                alerts.AddRange(risks.Groups[1].Value.Split("**", StringSplitOptions.RemoveEmptyEntries
                    | StringSplitOptions.TrimEntries).Select(risk => new EngineAlert(flow, risk)));
            }
        }

        return new EngineResult($"ndpiReader {version}", note, flows, alerts);
    }

    /// <summary>A flow's name, the same whichever end is written first.</summary>
    internal static string NameOf(string protocol, string one, string other) =>
        string.CompareOrdinal(one, other) < 0
            ? $"{protocol.ToLowerInvariant()} {one} {other}"
            : $"{protocol.ToLowerInvariant()} {other} {one}";

    [GeneratedRegex(@"nDPI \(?(\d[\w.\-]*)")]
    private static partial Regex Version();

    [GeneratedRegex(@"^\t\d+\t(TCP|UDP) (\S+) <?-> (\S+) \[proto: [\d.]+/([^\]]+)\].*$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"\[Risk: (\*\*[^\]]*\*\*)\]")]
    private static partial Regex Risks();
}
