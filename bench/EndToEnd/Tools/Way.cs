using Karez.EndToEnd.World;

namespace Karez.EndToEnd.Tools;

/// <summary>How the origin is reached.</summary>
/// <param name="Host">Address to ask for.</param>
/// <param name="HttpPort">Port of plain HTTP there.</param>
/// <param name="HttpsPort">Port of HTTPS there.</param>
/// <param name="SocksPort">The tool's SOCKS5 port on the client's loopback; null when one connects directly.</param>
internal sealed record Way(string Host, int HttpPort, int HttpsPort, int? SocksPort)
{
    /// <summary>Whether a port of the tool's own stands for the origin.</summary>
    public bool IsPort => HttpPort != BenchWorld.HttpPort;

    /// <summary>curl's words for the proxy.</summary>
    public string[] CurlWords => SocksPort is { } port ? ["-x", $"socks5h://127.0.0.1:{port}"] : [];

    /// <summary>A URL of the origin.</summary>
    public string Url(bool https, string path) =>
        https ? $"https://{Host}:{HttpsPort}/{path}" : $"http://{Host}:{HttpPort}/{path}";

    /// <summary>The words with which the load's program finds the way.</summary>
    public string[] LoadWords => [Host, $"{HttpPort}", SocksPort?.ToString() ?? "-"];
}
