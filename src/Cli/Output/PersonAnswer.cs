namespace Karez.Cli.Output;

/// <summary>A person, for scripts.</summary>
/// <param name="Name">The name.</param>
/// <param name="Created">When invited.</param>
/// <param name="Vision">Whether the account uses Vision.</param>
/// <param name="Flows">Flows open now; null if no node runs.</param>
/// <param name="Up">Octets up since the node's start; null if no node runs.</param>
/// <param name="Down">Octets down since the node's start; null if no node runs.</param>
/// <param name="Link">The link; only where one was asked for.</param>
internal sealed record PersonAnswer(
    string Name,
    DateTimeOffset Created,
    bool Vision,
    int? Flows = null,
    long? Up = null,
    long? Down = null,
    string? Link = null);
