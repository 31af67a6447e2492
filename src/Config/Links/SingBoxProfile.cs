using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Karez.Config.Links;

/// <summary>A link as a configuration of sing-box, whose reader refuses every field that it does not know.</summary>
public static class SingBoxProfile
{
    /// <summary>Writes a whole configuration: one mixed port on loopback, one outbound.</summary>
    public static string Write(VlessLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("inbounds");
            json.WriteStartObject();
            json.WriteString("type", "mixed");
            json.WriteString("tag", "in");
            json.WriteString("listen", "127.0.0.1");
            json.WriteNumber("listen_port", 1080);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("outbounds");
            WriteOutbound(json, link);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What a reader of the configuration should know, one sentence each.</summary>
    public static IEnumerable<string> Notes(VlessLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (link.MlDsaKey is not null)
            yield return "sing-box does not check the ML-DSA-65 key (pqv); it is left out.";
        if (link.Flow == VlessLink.VisionUdp443Flow)
            yield return "sing-box knows no -udp443 flow; the plain one is written.";
    }

    private static void WriteOutbound(Utf8JsonWriter json, VlessLink link)
    {
        json.WriteStartObject();
        json.WriteString("type", "vless");
        json.WriteString("tag", TagOf(link));
        json.WriteString("server", link.Host);
        json.WriteNumber("server_port", link.Port);
        json.WriteString("uuid", link.Id.ToString("D"));
        json.WriteString("flow", link.IsVision ? VlessLink.VisionFlow : "");
        json.WriteString("packet_encoding", "xudp");
        json.WriteStartObject("tls");
        json.WriteBoolean("enabled", true);
        json.WriteString("server_name", link.ServerName);
        json.WriteStartObject("utls");
        json.WriteBoolean("enabled", true);
        json.WriteString("fingerprint", Fingerprints.FamilyOf(link.Fingerprint));
        json.WriteEndObject();
        json.WriteStartObject("reality");
        json.WriteBoolean("enabled", true);
        json.WriteString("public_key", link.PublicKey);
        json.WriteString("short_id", link.ShortId);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string TagOf(VlessLink link) => link.Name.Length > 0 ? link.Name : "karez";
}
