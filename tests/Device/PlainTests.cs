using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Karez.Cli;
using Karez.Cli.Commands;
using Karez.Client.Device;
using Karez.Client.Gateway;

namespace Karez.Device.Tests;

/// <summary>What needs no machine: times, files, remembered addresses.</summary>
public class PlainTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("15m", 900)]
    public void Times_are_read(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), PauseCommand.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("16m")]
    [InlineData("901")]
    [InlineData("-5")]
    [InlineData("2h")]
    [InlineData("m")]
    [InlineData("99999999999m")]
    public void Other_times_are_refused(string text) =>
        Assert.Equal(ExitCode.WrongUse, Assert.Throws<CommandException>(() => PauseCommand.Parse(text)).ExitCode);

    [Theory]
    [InlineData("--lan", nameof(DevicePlan.Local), "True")]
    [InlineData("--kill-switch off", nameof(DevicePlan.HasSwitch), "False")]
    [InlineData("--kill-switch on", "", "")]
    [InlineData("--ipv6", nameof(DevicePlan.CarriesIPv6), "True")]
    [InlineData("--quic", nameof(DevicePlan.CarriesQuic), "True")]
    [InlineData("--block-doh", nameof(DevicePlan.RefusesDoh), "True")]
    [InlineData("--direct-dns 192.0.2.1", nameof(DevicePlan.DirectResolvers), "192.0.2.1:53")]
    [InlineData(
        "--direct-dns 192.0.2.1:5300 --direct-dns 2001:db8::1", nameof(DevicePlan.DirectResolvers),
        "192.0.2.1:5300 [2001:db8::1]:53")]
    public void Each_option_of_a_device_changes_its_part_of_the_plan_and_no_other(
        string words, string part, string expected)
    {
        var command = new Command("connect");
        var options = new DeviceOptions(command, isGateway: false);
        var (without, with) = (Read(""), Read(words));
        Assert.Equal(part is "" ? [] : [part], with.Keys.Where(key => with[key] != without[key]));
        if (part is not "")
            Assert.Equal(expected, with[part]);

        Dictionary<string, string> Read(string text)
        {
            var plan = options.Read(command.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), "/s");
            return typeof(DevicePlan).GetProperties().ToDictionary(
                property => property.Name,
                property => property.GetValue(plan) is IEnumerable<IPEndPoint> list
                    ? string.Join(' ', list)
                    : property.GetValue(plan)?.ToString() ?? "");
        }
    }

    [Theory]
    [InlineData("--direct-dns resolver.example")]
    [InlineData("--direct-dns 192.0.2.1:0")]
    public void A_resolver_that_is_no_address_is_refused(string words)
    {
        var command = new Command("connect");
        var options = new DeviceOptions(command, isGateway: false);
        Assert.Equal(
            ExitCode.WrongUse,
            Assert.Throws<CommandException>(() => options.Read(command.Parse(words.Split(' ')), "/s")).ExitCode);
    }

    [Fact]
    public void Phones_are_sent_to_karez_for_names()
    {
        var text = GatewayFiles.Dnsmasq(new GatewayPlan { Lan = "wlan0" }, IPAddress.Parse("198.18.0.2"), "/s/leases");
        foreach (var line in (string[])["interface=wlan0", "server=198.18.0.2", "no-resolv",
            "dhcp-range=10.66.0.10,10.66.0.250,255.255.255.0,1h", "dhcp-option=option:dns-server,10.66.0.1"])
            Assert.Contains($"{line}\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("house", "12345678", true)]
    [InlineData("house", "1234567", false)]
    [InlineData("", "12345678", false)]
    [InlineData("a name of more than thirty-two octets", "12345678", false)]
    [InlineData("house", "pass\nword", false)]
    public void Access_points_need_a_name_and_a_password(string ssid, string password, bool fine) =>
        Assert.Equal(fine, new GatewayPlan { Lan = "wlan0", Ssid = ssid }.WhyNoPoint(password) is null);

    [Fact]
    public void A_name_of_any_letters_cannot_write_another_line_of_the_file()
    {
        var plan = new GatewayPlan { Lan = "wlan0", Ssid = "a\nb", Password = "12345678" };
        Assert.Contains("ssid2=610a62\n", GatewayFiles.Hostapd(plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_unit_is_one_that_systemd_takes_and_its_command_is_ours()
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(Here(), "../../examples/karez-device.service"));
        var command = unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal));
        var words = command["ExecStart=".Length..].Split(' ');
        Assert.Equal("/usr/bin/karez", words[0]);
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null);
        Assert.Empty(KarezCommand.Build(terminal).Parse(words[1..]).Errors);

        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "apt-get install -y systemd");
        var folder = Directory.CreateTempSubdirectory("kzu").FullName;
        var path = Path.Combine(folder, "karez-device.service");
        await File.WriteAllTextAsync(
            path, unit.Replace(words[0], Path.Combine(AppContext.BaseDirectory, "karez"), StringComparison.Ordinal));
        var start = new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", path])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // a new process is never null
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 && !said.Contains(path, StringComparison.Ordinal), said);
        Directory.Delete(folder, recursive: true);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [Fact]
    public void The_last_address_of_a_name_is_remembered_and_a_spoilt_file_is_no_fault()
    {
        var folder = Directory.CreateTempSubdirectory("kzn").FullName;
        var path = Path.Combine(folder, "node-addresses.json");
        new NodeAddresses(path, TimeProvider.System).Remember("node.example.com", IPAddress.Parse("203.0.113.7"));
        var again = new NodeAddresses(path, TimeProvider.System);
        Assert.Equal(IPAddress.Parse("203.0.113.7"), again.Remembered("node.example.com"));
        Assert.Null(new NodeAddresses(path, TimeProvider.System).Remembered("other.example.com"));
        File.WriteAllText(path, "{");
        Assert.Null(new NodeAddresses(path, TimeProvider.System).Remembered("node.example.com"));
        Directory.Delete(folder, recursive: true);
    }
}
