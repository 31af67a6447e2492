using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Karez.Probes.Nodes;
using Karez.Probes.Suite;
using Karez.Probes.Targets;

namespace Karez.Probes.Tests;

[Collection("loopback")]
public class StrangerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("kestrel")]
    [InlineData("s_server")]
    public Task Strangers_cannot_tell_the_node_from_its_target(string name) => RunAsync(name, () => new KarezNode());

    /// <summary>What must pass, or the suite asks too much; the node then passes against all three.</summary>
    [Fact]
    public Task Strangers_cannot_tell_a_plain_relay_from_its_target() => RunAsync("nginx", () => new RelayStandIn());

    private async Task RunAsync(string name, Func<INodeUnderTest> newNode)
    {
        await using var target = Borrowed.Of(name);
        await RunAsync(target, newNode);
    }

    private async Task RunAsync(Target target, Func<INodeUnderTest> newNode)
    {
        using var files = TargetFiles.Create();
        var suite = new StrangerSuite(Cases.All, newNode);
        var report = await suite.RunAsync(target, files, TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        Assert.True(report.IsGood, report.Differences);
    }

    [Fact]
    public async Task Strangers_cannot_tell_a_node_that_reaches_its_target_by_a_unix_socket()
    {
        await using var target = (NginxTarget)Borrowed.Of("nginx");
        await RunAsync(target, () => new KarezNode { Behind = () => $"unix:{target.SocketPath}" });
    }

    [Fact]
    public async Task Strangers_cannot_tell_a_node_that_says_to_its_target_who_is_calling()
    {
        await using var target = (NginxTarget)Borrowed.Of("nginx");
        await RunAsync(target, () => new KarezNode { Behind = () => $"{target.Announced}", ProxyProtocol = true });
    }

    [Fact]
    public async Task The_target_hears_from_the_node_who_is_calling()
    {
        using var files = TargetFiles.Create();
        await using var target = (NginxTarget)Borrowed.Of("nginx");
        await target.StartAsync(files, TestContext.Current.CancellationToken);
        await using var node = new KarezNode { Behind = () => $"{target.Announced}", ProxyProtocol = true };
        var door = await node.StartAsync(
            target.Endpoints[0], TargetFiles.ServerName, TestContext.Current.CancellationToken);
        using var caller = new TcpClient(new IPEndPoint(IPAddress.Parse("127.0.0.93"), 0));
        await caller.ConnectAsync(door, TestContext.Current.CancellationToken);
        var from = caller.Client.LocalEndPoint;
        await using var tls = new SslStream(caller.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(TargetFiles.ServerName);
        await tls.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /caller HTTP/1.1\r\nHost: {TargetFiles.ServerName}\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        Assert.EndsWith($"{from}", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Thirty_milliseconds_too_late_are_found()
    {
        var probes = Cases.All.Where(p => p.Name == "hello-1.3").ToList();
        var report = await Mutants.RunAsync(
            () => new RelayStandIn(Mutation.Late), "nginx", probes, 30, output);
        Assert.Contains(report.Timings, t => !t.IsGood);
    }
}
