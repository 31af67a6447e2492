namespace Karez.Cli.Output;

/// <summary>What a site is worth as a target, for scripts.</summary>
/// <param name="Host">The site as it was given.</param>
/// <param name="Good">Whether it will do: nothing speaks against it.</param>
/// <param name="For">What speaks for it, one sentence each.</param>
/// <param name="Notes">What is worth knowing and decides nothing.</param>
/// <param name="Against">What speaks against it.</param>
/// <param name="RoundTripMs">TCP's round trip in milliseconds; null if it was not reached.</param>
/// <param name="Alpn">The application protocol that it chose.</param>
/// <param name="Group">The key agreement that it chose.</param>
/// <param name="CertificateOctets">Octets of its certificates.</param>
/// <param name="Records">Lengths of the records of its encrypted flight.</param>
/// <param name="Tickets">Records that it sent after the handshake.</param>
/// <param name="Status">HTTP's status of its first page.</param>
/// <param name="Redirect">Where its first page leads to, if to another host.</param>
internal sealed record ScoutAnswer(
    string Host,
    bool Good,
    IReadOnlyList<string> For,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> Against,
    double? RoundTripMs,
    string? Alpn,
    string? Group,
    int? CertificateOctets,
    IReadOnlyList<int> Records,
    int Tickets,
    int? Status,
    string? Redirect);
