namespace Karez.Cli.Trying;

/// <summary>What a visit brought, as far as two of them can be compared.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Version">HTTP's version.</param>
/// <param name="Headers">The headers but the date, in one order.</param>
/// <param name="Body">The body's SHA-256.</param>
/// <param name="Length">The body's length.</param>
/// <param name="Certificate">The certificate's SHA-256; empty without TLS.</param>
internal sealed record Visit(
    int Status, string Version, string Headers, string Body, long Length, string Certificate);
