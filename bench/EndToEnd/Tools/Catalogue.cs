namespace Karez.EndToEnd.Tools;

/// <summary>Everything that can be measured, in the order of the tables.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<ITool> All(string karez, IReadOnlyDictionary<string, string> binaries) =>
    [
        new Direct(),
        new HaproxySplice(1),
        new HaproxySplice(2),
        new KarezTool(karez, shares: true),
        new KarezTool(karez, shares: false),
        new Xray(binaries.GetValueOrDefault("xray")),
        new SingBox(binaries.GetValueOrDefault("sing-box")),
        new V2Ray(vless: false),
        new V2Ray(vless: true),
        new Trojan(),
        new Shadowsocks(),
        new Hysteria(binaries.GetValueOrDefault("hysteria")),
        new KarezTun(karez),
        new WireGuard("wireguard-go", debian: true),
        new WireGuard(binaries.GetValueOrDefault("wireguard-go", ""), debian: false),
        new OpenVpn(),
    ];
}
