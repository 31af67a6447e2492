using System.Diagnostics;
using System.Net;
using Karez.Lab.Probers;

namespace Karez.Lab.Tests.Probers;

/// <summary>Who may be probed, and how fast.</summary>
public class ProbeGateTests
{
    [Theory]
    [InlineData("192.0.2.1:443", "127.0.0.1:1")]
    [InlineData("10.0.0.1:443", "127.0.0.1:1")]
    [InlineData("[2001:db8::1]:443", "127.0.0.1:1")]
    [InlineData("127.0.0.1:443", "192.0.2.1:443")] // Nor is somebody else's site.
    public async Task A_foreign_address_is_refused(string node, string cover)
    {
        var (code, output, error) = await LabCommandTests.RunAsync("probe", node, "--cover", cover);
        Assert.Equal((LabCommand.Failed, ""), (code, output));
        Assert.Contains("not probed", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("www.example.com:443")] // A name leads to anywhere.
    [InlineData("10.0.0.0/8:443")]
    [InlineData("127.0.0.1-127.0.0.9:443")]
    [InlineData("127.0.0.1:1-100")]
    [InlineData("127.0.0.1:1,127.0.0.1:2")]
    [InlineData("@targets.txt")]
    [InlineData("-")]
    public async Task Only_one_address_and_port_is_a_target(string target)
    {
        var (code, _, error) = await LabCommandTests.RunAsync("probe", target, "--cover", "127.0.0.1:1");
        Assert.NotEqual(LabCommand.Done, code);
        Assert.Contains("hint:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_targets_are_no_command() =>
        Assert.Equal(
            LabCommand.WrongUse,
            (await LabCommandTests.RunAsync("probe", "127.0.0.1:1", "127.0.0.1:2", "--cover", "127.0.0.1:3")).Code);

    [Theory]
    [InlineData("/bin/false")]
    [InlineData("/none/karez")]
    public async Task A_node_that_does_not_let_the_links_holder_in_is_not_probed(string karez)
    {
        var before = Environment.GetEnvironmentVariable("KAREZ");
        Environment.SetEnvironmentVariable("KAREZ", karez);
        try
        {
            var (code, output, error) = await LabCommandTests.RunAsync(
                "probe", "vless://00000000-0000-0000-0000-000000000000@192.0.2.1:443?sni=a.example", "--cover", "127.0.0.1:1");
            Assert.Equal((LabCommand.Failed, ""), (code, output));
            Assert.Contains("did not let us in", error, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KAREZ", before);
        }
    }

    [Fact]
    public async Task The_runs_own_addresses_and_a_node_that_let_us_in_are_accepted()
    {
        var world = ProbeGate.OfWorld(new HashSet<string> { "198.19.200.20" });
        world.Aim(new IPEndPoint(IPAddress.Parse("198.19.200.20"), 443));
        await Assert.ThrowsAsync<LabException>(() => world.PassAsync(IPAddress.Parse("198.19.200.21"), default));
        var command = ProbeGate.OfCommand();
        var node = IPAddress.Parse("192.0.2.1");
        await Assert.ThrowsAsync<LabException>(() => command.PassAsync(node, default));
        command.LetIn(node);
        await command.PassAsync(node, default);
        await Assert.ThrowsAsync<LabException>(() => command.PassAsync(IPAddress.Parse("192.0.2.2"), default));
    }

    [Fact]
    public void One_target_a_run()
    {
        var gate = ProbeGate.OfCommand();
        gate.Aim(new IPEndPoint(IPAddress.Loopback, 1));
        gate.Aim(new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Throws<LabException>(() => gate.Aim(new IPEndPoint(IPAddress.Loopback, 2)));
    }

    [Fact]
    public async Task The_command_makes_one_connection_a_second()
    {
        var gate = ProbeGate.OfCommand();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3; i++)
            await gate.PassAsync(IPAddress.Loopback, default);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1.98, 10);
    }
}
