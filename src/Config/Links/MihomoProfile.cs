using System.Globalization;
using System.Text;

namespace Karez.Config.Links;

/// <summary>A link as a configuration of mihomo (Clash.Meta).</summary>
public static class MihomoProfile
{
    /// <summary>Writes a whole configuration: one mixed port on loopback, one proxy, everything through it.</summary>
    public static string Write(VlessLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var name = Quote(link.Name.Length > 0 ? link.Name : "karez");
        var text = new StringBuilder(1024);
        Line(text, "mixed-port: 1080");
        Line(text, "bind-address: 127.0.0.1");
        Line(text, "mode: rule");
        Line(text, "proxies:");
        Line(text, $"  - name: {name}");
        Line(text, "    type: vless");
        Line(text, $"    server: {Quote(link.Host)}");
        Line(text, $"    port: {link.Port.ToString(CultureInfo.InvariantCulture)}");
        Line(text, $"    uuid: {Quote(link.Id.ToString("D"))}");
        Line(text, "    network: tcp");
        Line(text, "    udp: true");
        Line(text, "    tls: true");
        if (link.IsVision)
            Line(text, $"    flow: {VlessLink.VisionFlow}");
        Line(text, $"    servername: {Quote(link.ServerName)}");
        Line(text, $"    client-fingerprint: {Quote(Fingerprints.FamilyOf(link.Fingerprint))}");
        Line(text, "    packet-encoding: xudp");
        Line(text, "    reality-opts:");
        Line(text, $"      public-key: {Quote(link.PublicKey)}");
        Line(text, $"      short-id: {Quote(link.ShortId)}");
        // Without this line mihomo takes the hybrid share out of its hello, and strict servers refuse it.
        Line(text, "      support-x25519mlkem768: true");
        Line(text, "proxy-groups:");
        Line(text, "  - name: Karez");
        Line(text, "    type: select");
        Line(text, $"    proxies: [{name}]");
        Line(text, "rules:");
        Line(text, "  - MATCH,Karez");
        return text.ToString();
    }

    /// <summary>What a reader of the configuration should know, one sentence each.</summary>
    public static IEnumerable<string> Notes(VlessLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.MlDsaKey is not null)
            yield return "mihomo does not check the ML-DSA-65 key (pqv); it is left out.";
        if (link.Flow == VlessLink.VisionUdp443Flow)
            yield return "mihomo knows no -udp443 flow; the plain one is written.";
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    // Always quoted: an all-digit short id, "no", "1e3" and names with colons would become other things.
    private static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                < ' ' or (>= '\u007F' and <= '\u00A0') or '\u2028' or '\u2029' or '\uFEFF' =>
                    text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
