using System.Net;
using System.Net.Sockets;
using System.Text;
using Karez.Beds;
using Karez.Tests.Leaks;

namespace Karez.Device.Tests;

/// <summary>Phones with nothing installed behind a machine that carries them. The radio is not tested.</summary>
public class GatewayTests
{
    [Fact]
    public async Task A_phone_gets_an_address_and_names_and_pages_through_the_channel_and_nothing_else()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (phone, lan) = await bed.AddPhoneAsync();
        using var karez = await bed.GatewayAsync(lan);
        var offer = Discover(phone, lan);
        Assert.Equal([10, 66, 0], offer.Address.GetAddressBytes()[..3]);
        Assert.Equal("10.66.0.1", offer.Router.ToString());
        Assert.Equal("10.66.0.1", offer.Names.ToString());
        phone.Ip("address", "add", "10.66.0.50/24", "dev", lan);
        phone.Ip("route", "add", "default", "via", "10.66.0.1");

        Assert.Equal("200 20000", await FetchAsync(phone, DeviceBed.Origin, 20_000));
        foreach (var server in (string[])["10.66.0.1", "8.8.8.8"])
        {
            var (_, fake) = await phone.RunAsync(
                "dig", ["+short", "+time=3", $"@{server}", "origin.example.com"], default);
            Assert.StartsWith("198.1", fake, StringComparison.Ordinal);
            Assert.Equal("200 5000", await FetchAsync(phone, fake.Trim(), 5_000));
        }

        // The kill switch holds for the whole network, also when nobody is left to hold it.
        var place = bed.Wire.Count;
        using var attempts = new LeakAttempts(phone, lan, DeviceBed.NodeAt);
        attempts.Send(20);
        Closed(bed, place);
        await DeviceBed.SignalAsync(karez, "KILL");
        await karez.WaitForExitAsync(default);
        attempts.Send(20);
        Assert.NotEqual("200 1000", await FetchAsync(phone, DeviceBed.Origin, 1_000));
        Closed(bed, place);
        var (code, printed) = await bed.KarezAsync("disconnect");
        Assert.True(code == 0, printed);
        var (_, tables) = await bed.RunAsync("nft", "list", "tables");
        Assert.DoesNotContain("karez", tables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Phones_send_nothing_in_clear_by_either_family_while_it_is_paused_or_killed()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (phone, lan) = await bed.AddPhoneAsync();
        // A machine that forwards anyhow, and phones that have IPv6 from elsewhere.
        await bed.RunAsync("sh", "-c", """
            echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            """);
        bed.Near.Ip("address", "add", "2001:db8:10::1/64", "dev", lan, "nodad");
        phone.Ip("address", "add", "2001:db8:10::2/64", "dev", lan, "nodad");
        phone.Ip("-6", "route", "add", "default", "via", "2001:db8:10::1");
        phone.Ip("address", "add", "10.66.0.50/24", "dev", lan);
        phone.Ip("route", "add", "default", "via", "169.254.7.1");
        using var attempts = new LeakAttempts(phone, lan, DeviceBed.NodeAt);
        Leaks(bed, attempts);

        using var advertised = phone.StartCapture();
        using var karez = await bed.GatewayAsync(lan);
        phone.Ip("route", "replace", "default", "via", "10.66.0.1");
        Assert.Equal("200 1000", await FetchAsync(phone, DeviceBed.Origin, 1_000));
        Holds(bed, attempts);
        Assert.Equal(0, (await bed.KarezAsync("pause", "4s")).Code);
        Assert.Null(await bed.FetchAsync()); // the machine itself, in clear
        Holds(bed, attempts);
        Assert.Equal("paused", (await bed.StatusAsync()).GetProperty("state").GetString());
        await DeviceBed.SignalAsync(karez, "KILL");
        await karez.WaitForExitAsync(default);
        Holds(bed, attempts);
        await bed.StateIsAsync("held");
        Holds(bed, attempts);
        var place = bed.Wire.Count;
        Assert.NotEqual("200 1000", await FetchAsync(phone, DeviceBed.Origin, 1_000));
        await phone.RunAsync("dig", ["+short", "+time=1", "+tries=1", "@10.66.0.1", "origin.example.com"], default);
        Closed(bed, place);

        Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
        phone.Ip("route", "replace", "default", "via", "169.254.7.1");
        Leaks(bed, attempts);
        // Nobody told the phones of a router of IPv6.
        Assert.DoesNotContain(advertised.Packets, packet => packet.Frame.Length > 54
            && packet.Frame.Span[12] == 0x86 && packet.Frame.Span[20] == 58 && packet.Frame.Span[54] == 134
            && packet.Frame.Span.IndexOf(LeakAttempts.Words) < 0);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL and disconnect")]
    public async Task The_machine_is_as_it_was_after_a_gateways(string end)
    {
        await using var bed = await DeviceBed.StartAsync();
        var (_, lan) = await bed.AddPhoneAsync();
        var before = await bed.SnapshotAsync();
        using var karez = await bed.GatewayAsync(lan);
        Assert.NotEqual(before, await bed.SnapshotAsync());
        await DeviceBed.SignalAsync(karez, end.Split(' ')[0]);
        await karez.WaitForExitAsync(default);
        if (end.EndsWith("disconnect", StringComparison.Ordinal))
            Assert.Equal(0, (await bed.KarezAsync("disconnect")).Code);
        Assert.Equal(before, await bed.SnapshotAsync());
    }

    [Fact]
    public async Task An_access_point_is_made_with_a_name_and_a_password_and_the_help_says_at_home_only()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/hostapd"), "apt-get install -y --no-install-recommends hostapd");
        await using var bed = await DeviceBed.StartAsync();
        var (_, lan) = await bed.AddPhoneAsync();
        using var karez = await bed.GatewayAsync(lan, "--ssid", "Turpan karez", "--radio-driver", "none");
        Assert.Contains("the password of Turpan karez: ", karez.Printed, StringComparison.Ordinal);
        await Task.Delay(3000); // hostapd reads its file and stays
        Assert.DoesNotContain("hostapd ended", karez.Printed, StringComparison.Ordinal);
        var (_, running) = await bed.RunAsync("pidof", "hostapd");
        Assert.NotEmpty(running.Trim());
        var file = await File.ReadAllTextAsync(Path.Combine(bed.State, "hostapd.conf"));
        var name = Convert.ToHexStringLower(Encoding.UTF8.GetBytes("Turpan karez"));
        Assert.Contains($"ssid2={name}", file, StringComparison.Ordinal);
        var (_, help) = await bed.RunAsync(Path.Combine(AppContext.BaseDirectory, "karez"), "gateway", "--help");
        // Help is wrapped to the terminal's width.
        var words = string.Join(' ', help.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("At home only", words, StringComparison.Ordinal);
        Assert.Contains("cellular", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_again_at_once_is_started_later()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (_, lan) = await bed.AddPhoneAsync();
        var before = await bed.SnapshotAsync();
        using var karez = await bed.GatewayAsync(lan);
        // Away for a moment, as while a package is renewed.
        await bed.RunAsync("mount", "--bind", "/dev/null", "/usr/sbin/dnsmasq");
        var (_, first) = await bed.RunAsync("pgrep", "-f", $"conf-file={bed.State}/dnsmasq.conf");
        await bed.RunAsync("kill", first.Trim());
        await DeviceBed.HearAsync(karez, "dnsmasq is missing");
        await bed.RunAsync("umount", "/usr/sbin/dnsmasq");
        var second = "";
        for (var tries = 0; tries < 100 && second.Length == 0; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            (_, second) = await bed.RunAsync("pgrep", "-f", $"conf-file={bed.State}/dnsmasq.conf");
        }

        Assert.NotEmpty(second);
        await DeviceBed.SignalAsync(karez, "TERM");
        Assert.Equal(0, await karez.WaitForExitAsync(default));
        Assert.Equal(before, await bed.SnapshotAsync());
    }

    [Fact]
    public async Task A_start_that_fails_halfway_leaves_nothing()
    {
        await using var bed = await DeviceBed.StartAsync();
        var (_, lan) = await bed.AddPhoneAsync();
        var before = await bed.SnapshotAsync();
        await bed.RunAsync("mount", "--bind", "/dev/null", "/usr/sbin/dnsmasq"); // there, and no program
        var (code, printed) = await bed.KarezAsync("gateway", bed.Vless, "--lan", lan);
        Assert.Equal(1, code);
        Assert.Contains("dnsmasq is missing", printed, StringComparison.Ordinal);
        Assert.Equal(before, await bed.SnapshotAsync());
        Assert.False(File.Exists(Path.Combine(bed.State, "device.sock")));
    }

    /// <summary>Both families leave: the attempts are ones that can.</summary>
    private static void Leaks(DeviceBed bed, LeakAttempts attempts)
    {
        var place = bed.Wire.Count;
        attempts.Send(2);
        foreach (var family in (string[])["0800", "86DD"])
        {
            Assert.Contains(
                bed.Wire.Since(place), s => s.What == Sighting.Attempt && s.Words.AsSpan(24, 4).SequenceEqual(family));
        }
    }

    /// <summary>None of the phone's packets leaves; the machine's own are another matter.</summary>
    private static void Holds(DeviceBed bed, LeakAttempts attempts)
    {
        var place = bed.Wire.Count;
        attempts.Send(10);
        var seen = bed.Wire.Between(place, bed.Wire.Mark(bed.Near));
        Assert.DoesNotContain(seen, s => s.What == Sighting.Attempt);
        Assert.Equal(0, OuterWire.Names(seen));
    }

    private static void Closed(DeviceBed bed, int place)
    {
        var leaks = bed.Wire.Since(place)
            .Where(s => s.What is Sighting.Attempt or Sighting.Other or Sighting.Dns).ToList();
        Assert.True(leaks.Count == 0, string.Join('\n', leaks.Take(10)));
    }

    private static async Task<string> FetchAsync(Machine phone, string host, int octets) => (await phone.RunAsync(
        "curl",
        ["-sS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", $"http://{host}/bytes/{octets}"],
        default)).Printed;

    /// <summary>Asks for an address as a phone does (RFC 2131), and reads the offer.</summary>
    private static (IPAddress Address, IPAddress Router, IPAddress Names) Discover(Machine phone, string lan)
    {
        using var socket = phone.Enter(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.SetRawSocketOption(1, 25, Encoding.ASCII.GetBytes($"{lan}\0"));
        socket.EnableBroadcast = true;
        socket.ReceiveTimeout = 3000;
        socket.Bind(new IPEndPoint(IPAddress.Any, 68));
        var discover = new byte[300];
        (discover[0], discover[1], discover[2]) = (1, 1, 6); // a request, Ethernet, six octets
        (discover[4], discover[10]) = (0x4B, 0x80); // an identifier; answer by broadcast
        byte[] hardware = [2, 0, 0, 0x4B, 0x5A, 1];
        hardware.CopyTo(discover, 28);
        byte[] options = [99, 130, 83, 99, 53, 1, 1, 55, 2, 3, 6, 255];
        options.CopyTo(discover, 236);
        var answer = new byte[1500];
        for (var attempt = 0; ; attempt++)
        {
            socket.SendTo(discover, new IPEndPoint(IPAddress.Broadcast, 67));
            try
            {
                socket.Receive(answer);
                break;
            }
            catch (SocketException) when (attempt < 4)
            {
                // dnsmasq is still coming up.
            }
        }

        return (new IPAddress(answer.AsSpan(16, 4)), Option(answer, 3), Option(answer, 6));
    }

    private static IPAddress Option(byte[] answer, byte wanted)
    {
        for (var at = 240; answer[at] != 255; at += 2 + answer[at + 1])
        {
            if (answer[at] == wanted)
                return new IPAddress(answer.AsSpan(at + 2, 4));
        }

        throw new InvalidDataException($"no option {wanted}");
    }
}
