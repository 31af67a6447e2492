using System.Globalization;
using System.Net;
using System.Text;

namespace Karez.Client.Gateway;

/// <summary>The configuration files of dnsmasq(8) and hostapd(8), made of a plan. Pure.</summary>
internal static class GatewayFiles
{
    /// <summary>dnsmasq: addresses for the phones, and every question handed on to Karez.</summary>
    /// <param name="plan">The network.</param>
    /// <param name="names">Who answers names: the device's peer.</param>
    /// <param name="leases">The file in which leases are kept.</param>
    public static string Dnsmasq(GatewayPlan plan, IPAddress names, string leases)
    {
        var octets = plan.Address.GetAddressBytes();
        var (low, high) = (At(octets, 10), At(octets, 250));
        return $"""
            # Written by karez.
            interface={plan.Lan}
            except-interface=lo
            bind-interfaces
            no-hosts
            no-resolv
            no-poll
            no-ping
            cache-size=0
            domain-needed
            bogus-priv
            server={names}
            dhcp-authoritative
            dhcp-range={low},{high},255.255.255.0,1h
            dhcp-option=option:router,{plan.Address}
            dhcp-option=option:dns-server,{plan.Address}
            dhcp-leasefile={leases}
            user=nobody
            group=nogroup

            """;
    }

    /// <summary>hostapd: an access point with WPA2 and WPA3 whose phones do not see one another.</summary>
    /// <param name="plan">The network; it has a name and a password.</param>
    public static string Hostapd(GatewayPlan plan)
    {
        var country = plan.Country is { } code ? $"country_code={code}\nieee80211d=1\n" : "";
        var isRadio = plan.Driver != "none";
        // SAE needs a radio that protects management frames.
        var keys = isRadio ? "wpa_key_mgmt=WPA-PSK SAE\nieee80211w=1\nsae_require_mfp=1" : "wpa_key_mgmt=WPA-PSK";
        var ssid = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(plan.Ssid!)); // asked for by the caller
        var channel = plan.Channel.ToString(CultureInfo.InvariantCulture);
        return $"""
            # Written by karez.
            interface={plan.Lan}
            driver={plan.Driver}
            ssid2={ssid}
            utf8_ssid=1
            {country}hw_mode=g
            channel={channel}
            ieee80211n=1
            wmm_enabled=1
            auth_algs=1
            ap_isolate=1
            wpa=2
            {keys}
            rsn_pairwise=CCMP
            wpa_passphrase={plan.Password}

            """;
    }

    /// <summary>Whether a name and a password can be an access point's: null, or what is wrong.</summary>
    public static string? WhyNot(string ssid, string password)
    {
        if (Encoding.UTF8.GetByteCount(ssid) is 0 or > 32)
            return "a network's name has 1 to 32 octets";
        return password.Length is < 8 or > 63 || password.Any(letter => letter is < ' ' or > '~')
            ? "a password has 8 to 63 letters, digits and signs of ASCII"
            : null;
    }

    private static IPAddress At(byte[] network, byte last) => new([network[0], network[1], network[2], last]);
}
