using Karez.Lab.Worlds;

namespace Karez.Lab.Tools;

/// <summary>A program that people use to reach what they may not: its server and its client, as processes.</summary>
public interface ITool
{
    /// <summary>Its name in scenarios and reports.</summary>
    string Name { get; }

    /// <summary>One line about it.</summary>
    string About { get; }

    /// <summary><c>tcp</c> or <c>udp</c>, as it is on the wire.</summary>
    string Transport { get; }

    /// <summary>The server's port.</summary>
    int Port { get; }

    /// <summary>What is missing here; null when nothing is.</summary>
    string? WhyNot { get; }

    /// <summary>Starts the server.</summary>
    /// <returns>What clients have to know.</returns>
    Task<ToolServer> StartServerAsync(ToolPlace place, CancellationToken cancellationToken);

    /// <summary>Starts a client and waits until it can be used.</summary>
    /// <param name="server">The server.</param>
    /// <param name="subscriber">On whose machine.</param>
    /// <param name="number">Which of the tool's users it is, from 0.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The proxy that programs use, as <c>socks5h://127.0.0.1:1080</c>; null: all is carried.</returns>
    Task<string?> StartClientAsync(
        ToolServer server, WorldHost subscriber, int number, CancellationToken cancellationToken);
}
