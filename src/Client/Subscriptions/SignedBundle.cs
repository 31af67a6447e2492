using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Karez.Config.Links;
using Karez.Crypto;

namespace Karez.Client.Subscriptions;

/// <summary>A list of links that somebody signed, with a number that only grows.</summary>
/// <param name="Serial">The number.</param>
/// <param name="List">The links.</param>
public sealed record SignedBundle(long Serial, LinkList List)
{
    private const string Head = "karez-bundle 1\nserial ";
    private const string Foot = "\nsignature ";

    /// <summary>Whether octets claim to be a bundle.</summary>
    public static bool IsBundle(ReadOnlySpan<byte> octets) => octets.StartsWith("karez-bundle "u8);

    /// <summary>Reads a bundle; null when it is malformed or not signed by this key.</summary>
    /// <param name="octets">What was fetched.</param>
    /// <param name="publicKey">Whose signature counts: 32 octets.</param>
    public static SignedBundle? Read(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> publicKey)
    {
        if (octets.Length > LinkList.MaxLength || !octets.StartsWith(Encoding.ASCII.GetBytes(Head)))
            return null;
        var foot = octets.LastIndexOf(Encoding.ASCII.GetBytes(Foot));
        if (foot < 0)
            return null;
        var signed = octets[..(foot + 1)];
        var text = octets[(foot + Foot.Length)..].TrimEnd((byte)'\n');
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        if (text.Length != Base64Url.GetEncodedLength(signature.Length)
            || Base64Url.DecodeFromUtf8(text, signature, out _, out var length) != OperationStatus.Done
            || length != signature.Length
            || !Ed25519.Verify(publicKey, signed, signature))
            return null;
        var rest = signed[Head.Length..];
        var line = rest.IndexOf((byte)'\n');
        return long.TryParse(rest[..line], NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
            ? new SignedBundle(serial, LinkList.Read(rest[line..]))
            : null;
    }

    /// <summary>Writes and signs a bundle.</summary>
    /// <param name="serial">Higher than that of the last one.</param>
    /// <param name="links">The links.</param>
    /// <param name="seed">The signer's private key: 32 octets.</param>
    public static string Write(long serial, IEnumerable<VlessLink> links, ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(serial);
        ArgumentNullException.ThrowIfNull(links);
        var text = new StringBuilder(Head).Append(CultureInfo.InvariantCulture, $"{serial}\n");
        foreach (var link in links)
            text.Append(link.Format()).Append('\n');
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        Ed25519.Sign(seed, Encoding.UTF8.GetBytes(text.ToString()), signature);
        return text.Append(Foot.AsSpan(1)).Append(Base64Url.EncodeToString(signature)).Append('\n').ToString();
    }
}
