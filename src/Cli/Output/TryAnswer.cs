namespace Karez.Cli.Output;

/// <summary>What <c>karez try</c> found, for scripts. A comparison that was not made is left out.</summary>
/// <param name="Ok">Whether every comparison held.</param>
/// <param name="Page">The origin's page is the same through the channel and directly.</param>
/// <param name="Picture">So is a picture.</param>
/// <param name="Download">So is a long download.</param>
/// <param name="PlainPage">So is a page without TLS.</param>
/// <param name="Fetched">The URL that was given answers the same through the channel and directly.</param>
/// <param name="Stranger">A stranger at the node gets what the site gives.</param>
/// <param name="Sni">The wire shows the site's name.</param>
/// <param name="Hello">The wire shows a browser's hello.</param>
/// <param name="Records">Every octet on the wire is part of a TLS record.</param>
/// <param name="Hidden">No inner name or page is visible on the wire.</param>
/// <param name="Wire">What an observer saw.</param>
internal sealed record TryAnswer(
    bool Ok,
    bool? Page,
    bool? Picture,
    bool? Download,
    bool? PlainPage,
    bool? Fetched,
    bool? Stranger,
    bool? Sni,
    bool? Hello,
    bool? Records,
    bool? Hidden,
    WireAnswer? Wire);
