using System.Text.Json;

namespace Karez.Lab.Engines;

/// <summary>
/// Suricata with the event rules that it ships (decoder, stream and application layer anomalies). It has no VPN rules
/// of its own.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="rules">The folder of its event rules.</param>
public sealed class SuricataEngine(string program, string rules)
{
    private readonly string? _path = EngineProcess.Find(program);

    /// <summary>What is missing to run it; null when nothing is.</summary>
    public string? WhyNot => _path is null
        ? "suricata is missing: Debian 12 has it in bookworm-backports only; lab/engines/fetch.sh brings it"
        : Directory.Exists(rules) ? null : $"there are no rules in {rules}";

    /// <summary>The one that PATH leads to; else the one that <c>lab/engines/fetch.sh</c> unpacked.</summary>
    public static SuricataEngine Find()
    {
        if (EngineProcess.Find("suricata") is { } installed)
            return new SuricataEngine(installed, "/etc/suricata/rules");
        var unpacked = Path.Combine(Peers(), "engines");
        return new SuricataEngine(
            Path.Combine(unpacked, "suricata"), Path.Combine(unpacked, "etc/suricata/rules"));
    }

    /// <summary>Runs it over a capture.</summary>
    /// <exception cref="LabException">It is missing, or failed.</exception>
    public async Task<EngineResult> RunAsync(string capture, CancellationToken cancellationToken)
    {
        if (WhyNot is { } reason)
            throw new LabException(reason, "the other engine runs without it");
        var folder = Directory.CreateTempSubdirectory("karez-suricata-");
        try
        {
            var all = Path.Combine(folder.FullName, "all.rules");
            await File.WriteAllLinesAsync(
                all, Directory.GetFiles(rules, "*-events.rules").Order().SelectMany(File.ReadLines), cancellationToken);
            var version = (await EngineProcess.RunAsync(_path!, ["-V"], cancellationToken)).Trim();
            await EngineProcess.RunAsync(
                _path!, ["-r", capture, "-l", folder.FullName, "-S", all, "-k", "none"], cancellationToken);
            var events = await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "eve.json"), cancellationToken);
            return Parse(version, events);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads its log of events.</summary>
    internal static EngineResult Parse(string version, IEnumerable<string> events)
    {
        var flows = 0;
        var alerts = new List<EngineAlert>();
        foreach (var line in events.Where(line => line.Length > 0))
        {
            using var read = JsonDocument.Parse(line);
            var root = read.RootElement;
            var kind = root.GetProperty("event_type").GetString();
            flows += kind == "flow" ? 1 : 0;
            if (kind != "alert")
                continue;
            alerts.Add(new EngineAlert(
                NdpiEngine.NameOf(
                    root.GetProperty("proto").GetString() ?? "", End(root, "src"), End(root, "dest")),
                root.GetProperty("alert").GetProperty("signature").GetString() ?? "unnamed"));
        }

        return new EngineResult(version, "event rules as shipped; no VPN rules", flows, alerts);
    }

    /// <summary>Where scripts of the repository unpack other people's programs.</summary>
    private static string Peers()
    {
        if (Environment.GetEnvironmentVariable("KAREZ_PEERS") is { Length: > 0 } named)
            return named;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "karez-peers");
    }

    private static string End(JsonElement root, string side)
    {
        var port = root.TryGetProperty(side + "_port", out var given) ? given.GetInt32() : 0;
        return $"{root.GetProperty(side + "_ip").GetString()}:{port}";
    }
}
