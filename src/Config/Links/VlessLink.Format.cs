using System.Globalization;
using System.Text;

namespace Karez.Config.Links;

public sealed partial class VlessLink
{
    /// <summary>Writes the link in the form that phone apps read.</summary>
    /// <remarks>
    /// The order is the one that panels write. No value holds a raw equals sign (v2rayNG cuts there), spaces are
    /// %20, <c>encryption</c> and <c>headerType</c> are always there (v2rayNG and mihomo want them).
    /// </remarks>
    public string Format()
    {
        var text = new StringBuilder("vless://", 512);
        text.Append(Id.ToString("D", CultureInfo.InvariantCulture)).Append('@').Append(new Endpoint(Host, Port))
            .Append("?encryption=none&security=reality&type=tcp&headerType=none");
        if (Flow.Length > 0)
            Key(text, "flow", Flow);
        Key(text, "sni", ServerName);
        Key(text, "fp", Fingerprint);
        Key(text, "pbk", PublicKey);
        Key(text, "sid", ShortId);
        Key(text, "spx", SpiderPath);
        if (MlDsaKey is not null)
            Key(text, "pqv", MlDsaKey);
        if (Name.Length > 0)
            text.Append('#').Append(Uri.EscapeDataString(Name));
        return text.ToString();
    }

    private static void Key(StringBuilder text, string key, string value) =>
        text.Append('&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
}
