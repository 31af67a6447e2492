using System.Globalization;
using Karez.Config.Links;

namespace Karez.Cli.Output;

/// <summary>What each part of a link means, in the words of someone who explains it to a friend.</summary>
internal static class LinkParts
{
    public static IReadOnlyList<LinkPart> Of(VlessLink link)
    {
        var parts = new List<LinkPart>
        {
            new("id", link.Id.ToString("D"), "the account; like a password"),
            new("host", link.Host, "the node that is connected to"),
            new("port", link.Port.ToString(CultureInfo.InvariantCulture), "its port"),
            new("security", "reality", "TLS 1.3 with a borrowed site's certificate; its key is pbk"),
            new("type", "tcp", "plain TCP, as web sites use it"),
            new("flow", link.Flow.Length > 0 ? link.Flow : "(none)", Flow(link)),
            new("sni", link.ServerName, "the site that an observer sees"),
            new("fp", link.Fingerprint, "the browser that the hello looks like"),
            new("pbk", link.PublicKey, "the node's public key: only its owner can answer"),
            new("sid", link.ShortId.Length > 0 ? link.ShortId : "(none)", "the short id; belongs to the account"),
            new("spx", link.SpiderPath, "the page of the real site from which who is not let in goes on"),
        };
        if (link.MlDsaKey is { } key)
            parts.Add(new("pqv", key[..16] + "...", "the node's ML-DSA-65 key: safe against quantum computers too"));
        if (link.Name.Length > 0)
            parts.Add(new("#", link.Name, "what the link is called"));
        return parts;
    }

    private static string Flow(VlessLink link) => link.Flow switch
    {
        VlessLink.VisionFlow => "Vision: no second cipher over HTTPS; QUIC is refused so that browsers use TCP",
        VlessLink.VisionUdp443Flow => "Vision: no second cipher over HTTPS; QUIC is carried as UDP",
        _ => "no Vision: TLS inside TLS can be seen by its record lengths",
    };
}
