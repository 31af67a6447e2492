namespace Karez.Lab.Tools;

/// <summary>A tool's server that runs.</summary>
/// <param name="Place">Where.</param>
/// <param name="Secrets">For each user what the client has to know: a link, a path, a key.</param>
/// <param name="Version">What the program says that it is.</param>
/// <param name="Cover">Whether it borrows or shows the place's cover site.</param>
public sealed record ToolServer(ToolPlace Place, IReadOnlyList<string> Secrets, string Version, bool Cover = false);
