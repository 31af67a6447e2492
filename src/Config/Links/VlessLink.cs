using System.Buffers.Text;

namespace Karez.Config.Links;

/// <summary>A <c>vless://</c> share link over REALITY, every value checked.</summary>
/// <remarks>docs/protocols/link.md lists the keys. The id and the short id are secrets: they let a holder in.</remarks>
public sealed partial class VlessLink
{
    /// <summary>The flow of accounts that use Vision.</summary>
    public const string VisionFlow = "xtls-rprx-vision";

    /// <summary>The same, with UDP to port 443 let through by the client.</summary>
    public const string VisionUdp443Flow = "xtls-rprx-vision-udp443";

    // Our limit: a link with an ML-DSA-65 key is about 2,900 characters.
    private const int MaxLength = 8_192;

    /// <summary>The account's id, sent as it stands here.</summary>
    public required Guid Id { get; init; }

    /// <summary>The node: a name in ASCII, or an address without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>The node's port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The account's flow: empty, <see cref="VisionFlow"/> or <see cref="VisionUdp443Flow"/>.</summary>
    public string Flow { get; init; } = "";

    /// <summary>The server name in the hello.</summary>
    public required string ServerName { get; init; }

    /// <summary>The <c>fp</c> key: the browser to look like, in uTLS's words.</summary>
    public string Fingerprint { get; init; } = "chrome";

    /// <summary>The node's X25519 public key, 32 octets in base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>The short id in hexadecimal, 0 to 16 digits, lower case.</summary>
    public string ShortId { get; init; } = "";

    /// <summary>The <c>spx</c> key: the page that a client asks the real site for when it was not let in.</summary>
    public string SpiderPath { get; init; } = "/";

    /// <summary>The node's ML-DSA-65 public key, 1,952 octets in base64url; null if the link has none.</summary>
    public string? MlDsaKey { get; init; }

    /// <summary>The name after the number sign; without control characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>What was read but has no effect or another effect here, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the account uses Vision.</summary>
    public bool IsVision => Flow.Length > 0;

    /// <summary>Whether UDP to port 443 is carried; without it browsers fall back to TCP, where Vision is.</summary>
    public bool AllowsUdp443 => Flow != VisionFlow;

    /// <summary>Writes the public key's 32 octets.</summary>
    public void CopyPublicKey(Span<byte> destination)
    {
        if (!KeyText.TryDecode(PublicKey, destination[..32]))
            throw new InvalidOperationException("The link was not made from a checked key.");
    }

    /// <summary>Writes the short id's 8 octets, padded with zeros on the right.</summary>
    public void CopyShortId(Span<byte> destination)
    {
        destination[..8].Clear();
        Convert.FromHexString(ShortId, destination[..8], out _, out _);
    }

    /// <summary>The ML-DSA-65 public key's octets, or null.</summary>
    public byte[]? DecodeMlDsaKey() => MlDsaKey is null ? null : Base64Url.DecodeFromChars(MlDsaKey);

    /// <summary>The node's place, never the id, the short id or the keys.</summary>
    public override string ToString() => new Endpoint(Host, Port).ToString();
}
