using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>A tool out of a <see cref="ToolTemplate"/>.</summary>
internal sealed class TemplateTool(ToolTemplate template) : ITool
{
    public string Name => template.Name;

    public string About => template.About;

    public string Transport => template.Transport;

    public int Port => template.Port;

    public string? WhyNot =>
        Programs.Find(template.Server[0]) is null || Programs.Find(template.Client[0]) is null
            ? template.Package is { } package
                ? Programs.Missing(template.Server[0], package) ?? Programs.Missing(template.Client[0], package)
                : $"{template.Server[0]} or {template.Client[0]} is missing"
            : null;

    public async Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken)
    {
        var (chain, key) = place.Authority.Issue($"{Name}.vps.example");
        place.Host.Write("tool.pem", chain);
        place.Host.Write("tool.key", key);
        WriteFiles(place, place.Host, template.ServerFiles);
        place.Host.Start(
            template.Server[0], [.. template.Server.Skip(1).Select(text => Fill(text, place, place.Host))]);
        if (Transport == "tcp")
            await Programs.WaitForPortAsync(place.Host, place.Entry, Port, Name, cancellationToken);
        var version = await Programs.VersionAsync(
            template.Version[0], [.. template.Version.Skip(1)], cancellationToken);
        return new ToolServer(place, [], version, template.Borrows);
    }

    public async Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken)
    {
        WriteFiles(server.Place, subscriber, template.ClientFiles);
        subscriber.Start(
            template.Client[0], [.. template.Client.Skip(1).Select(text => Fill(text, server.Place, subscriber))]);
        var proxy = new Uri(template.Proxy);
        await Programs.WaitForPortAsync(subscriber, proxy.Host, proxy.Port, Name, cancellationToken);
        return template.Proxy;
    }

    private void WriteFiles(ToolPlace place, WorldHost host, IReadOnlyDictionary<string, string>? files)
    {
        host.Write("ca.pem", place.Authority.RootPem);
        foreach (var (name, text) in files ?? new Dictionary<string, string>())
            host.Write(Path.GetFileName(name), Fill(text, place, host));
    }

    private string Fill(string text, ToolPlace place, WorldHost host) => new StringBuilder(text)
        .Replace("{entry}", place.Entry)
        .Replace("{exit}", place.Exit)
        .Replace("{port}", Port.ToString(CultureInfo.InvariantCulture))
        .Replace("{folder}", host.Folder)
        .Replace("{cover}", place.Cover.Name)
        .Replace("{coverAddress}", place.Cover.Address)
        .Replace("{certificate}", Path.Combine(place.Host.Folder, "tool.pem"))
        .Replace("{key}", Path.Combine(place.Host.Folder, "tool.key"))
        .Replace("{ca}", Path.Combine(host.Folder, "ca.pem"))
        .Replace("{name}", $"{Name}.vps.example")
        .Replace("{password}", Secret(place, "password")[..32])
        .Replace("{uuid}", new Guid(Convert.FromHexString(Secret(place, "uuid")[..32])).ToString())
        .ToString();

    /// <summary>Nothing is protected by it but a world on one machine; it is the same for server and clients.</summary>
    private string Secret(ToolPlace place, string kind) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {Name} {place.Entry}")));
}
