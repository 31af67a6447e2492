namespace Karez.Lab.Tools;

/// <summary>
/// A tool that is told by its command lines and files: the written form of an entry of <c>--tool-file</c>. In every
/// text these stand for what the run has: <c>{entry} {exit} {port} {folder} {cover} {coverAddress} {certificate} {key}
/// {ca} {password} {uuid}</c>.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="About">One line.</param>
/// <param name="Transport"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Port">The server's port.</param>
/// <param name="Server">The server's program and arguments.</param>
/// <param name="Client">The client's program and arguments.</param>
/// <param name="Proxy">The proxy that the client opens, as <c>socks5h://127.0.0.1:1080</c>.</param>
/// <param name="Version">Program and arguments that make it say what it is.</param>
/// <param name="ServerFiles">Files in the server's folder.</param>
/// <param name="ClientFiles">Files in the client's folder.</param>
/// <param name="Package">The Debian package that brings it; null where there is none.</param>
/// <param name="Borrows">Whether it borrows or shows the cover site.</param>
public sealed record ToolTemplate(
    string Name,
    string About,
    string Transport,
    int Port,
    IReadOnlyList<string> Server,
    IReadOnlyList<string> Client,
    string Proxy,
    IReadOnlyList<string> Version,
    IReadOnlyDictionary<string, string>? ServerFiles = null,
    IReadOnlyDictionary<string, string>? ClientFiles = null,
    string? Package = null,
    bool Borrows = false);
