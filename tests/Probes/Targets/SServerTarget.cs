using System.Net;

namespace Karez.Probes.Targets;

/// <summary>
/// OpenSSL's <c>s_server -www</c>. It serves one connection at a time and waits for ever, so there are several of it,
/// each used by one probe at a time.
/// </summary>
public sealed class SServerTarget : Target
{
    private readonly List<ChildProcess> _processes = [];
    private readonly List<IPEndPoint> _endpoints = [];

    /// <inheritdoc/>
    public override string Name => "s_server";

    /// <inheritdoc/>
    public override IReadOnlyList<IPEndPoint> Endpoints => _endpoints;

    /// <inheritdoc/>
    public override int AtOnce => 1;

    /// <inheritdoc/>
    public override async Task StartAsync(TargetFiles files, CancellationToken cancellationToken)
    {
        while (_endpoints.Count < Copies)
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort());
            var process = ChildProcess.Start("openssl", "openssl", Arguments(files.Folder, endpoint));
            _processes.Add(process);
            if (await AcceptsAsync(endpoint, cancellationToken) && !process.HasExited)
                _endpoints.Add(endpoint);
            else if (_processes.Count > Copies + 3)
                throw new InvalidOperationException($"s_server does not start: {process.Said}");
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    private static string[] Arguments(string folder, IPEndPoint endpoint) =>
    [
        "s_server", "-accept", endpoint.ToString(), "-www", "-quiet", "-alpn", "http/1.1",
        "-cert", $"{folder}/other.crt", "-key", $"{folder}/other.key", "-cert_chain", $"{folder}/other.crt",
        "-servername", TargetFiles.ServerName, "-cert2", $"{folder}/own.crt", "-key2", $"{folder}/own.key",
    ];

    private const int Copies = 12;
}
