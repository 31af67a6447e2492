using System.Text.Json;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>The program under test: a node before the cover site, a client with its local proxy.</summary>
internal sealed class KarezTool : ITool
{
    private const int LocalPort = 1080;

    public string Name => "karez";

    public string About => "VLESS, Vision and REALITY before a borrowed site; SOCKS5 and HTTP on each device";

    public string Transport => "tcp";

    public int Port => 443;

    public string? WhyNot => Programs.Find(Program) is null
        ? "karez is missing: start the lab by ./karez-lab, or say where it is in KAREZ"
        : null;

    private static string Program => Environment.GetEnvironmentVariable("KAREZ") ?? "karez";

    public async Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken)
    {
        // Builds it, where it is a script that builds.
        var version = await Programs.VersionAsync(Program, ["--version"], cancellationToken);
        var state = Path.Combine(place.Host.Folder, "karez");
        var node = place.Host.Start(
            Program, "serve", "--state", state, "--listen", $"{place.Entry}:{Port}", "--address",
            $"{place.Entry}:{Port}", "--target", $"{place.Cover.Address}:443", "--name", place.Cover.Name,
            "--allow-private");
        await node.WaitForAsync("listening on", cancellationToken);
        var links = new List<string>();
        for (var i = 0; i < place.Users; i++)
            links.Add(await InviteAsync(place, state, $"user{i}", cancellationToken));
        return new ToolServer(place, links, $"karez {version}", Cover: true);
    }

    public async Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken)
    {
        var client = subscriber.Start(
            Program, "connect", server.Secrets[number], "--state", Path.Combine(subscriber.Folder, "karez"),
            "--listen", $"127.0.0.1:{LocalPort}");
        await client.WaitForAsync("SOCKS5 and HTTP on", cancellationToken);
        return $"socks5h://127.0.0.1:{LocalPort}";
    }

    private static async Task<string> InviteAsync(
        ToolPlace place, string state, string name, CancellationToken cancellationToken)
    {
        var (code, printed) = await place.Host.RunAsync(
            Program, ["invite", name, "--state", state, "--json"], cancellationToken);
        if (code != 0)
            throw new LabException($"karez invite: {printed.Trim()}", "this is a fault of the lab or of karez");
        var at = printed.IndexOf('{', StringComparison.Ordinal);
        using var answer = JsonDocument.Parse(printed[at..(printed.LastIndexOf('}') + 1)]);
        return answer.RootElement.GetProperty("link").GetString()
            ?? throw new LabException("karez invite gave no link", "this is a fault of the lab or of karez");
    }
}
