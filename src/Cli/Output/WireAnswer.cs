namespace Karez.Cli.Output;

/// <summary>What an observer on the wire saw of one connection.</summary>
/// <param name="Sni">The server name in the hello.</param>
/// <param name="Ja4">The hello's fingerprint.</param>
/// <param name="Flights">Who spoke, and the record lengths of each flight.</param>
internal sealed record WireAnswer(string? Sni, string? Ja4, IReadOnlyList<string> Flights);
