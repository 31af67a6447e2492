using System.Net;
using System.Text;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Probes.Nodes;
using Karez.Probes.Targets;
using Karez.Probes.Visits;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Secure;
using Karez.Server.Targets;

namespace Karez.Probes.Tests;

/// <summary>
/// A client of the node whose request is nobody's, or who asks nothing, meets what the target gives to a visitor who
/// never finishes asking: the same records after the handshake, the same moments, the same end.
/// </summary>
[Collection("loopback")]
public class SilenceTests(ITestOutputHelper output)
{
    // Targets wait three seconds, and look at their clocks once a second.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("nginx")]
    [InlineData("kestrel")]
    [InlineData("s_server")]
    public async Task A_request_of_nobodys_meets_the_targets_own_patience(string name)
    {
        using var files = TargetFiles.Create();
        await using var target = Borrowed.Of(name);
        await target.StartAsync(files, TestContext.Current.CancellationToken);
        await using var loops = new LoopGroup(1, TimeProvider.System, e => Assert.Fail(e.ToString()));
        await Task.WhenAll(Enum.GetValues<AlpnClass>().Select((alpn, index) =>
            CompareAsync(loops.Loops[0], target, target.Endpoints[index % target.Endpoints.Count], alpn)));
    }

    private async Task CompareAsync(EventLoop loop, Target target, IPEndPoint endpoint, AlpnClass alpn)
    {
        var visitor = new TargetVisitor(new ChainVerifier(TimeProvider.System), SystemEntropy.Instance);
        var known = await loop.RunAsync(
            () => visitor.VisitAsync(loop, endpoint, TargetFiles.ServerName, alpn, Quiet));
        Assert.Null(known.Trouble);
        var asked = await loop.RunAsync(
            () => visitor.VisitAsync(loop, endpoint, TargetFiles.ServerName, alpn, Quiet, asks: true));
        Assert.Null(asked.Trouble);
        var unasked = known.After.Writes.Sum(w => w.Count);
        var asking = () => LearnAsync(loop, visitor, endpoint, alpn, asks: true, unasked);
        var silent = () => LearnAsync(loop, visitor, endpoint, alpn, asks: false, unasked);
        var learnt = await RunAsync(target, asking, silent);
        await using var node = new KarezNode
        {
            Learnt =
            [
                new LearntProfile(
                    TargetFiles.ServerName, alpn, [known.After.Writes],
                    alpn == AlpnClass.Http2 ? [asked.After.Writes] : [], 32, [learnt[1]], [learnt[0]]),
            ],
        };
        var door = await node.StartAsync(endpoint, TargetFiles.ServerName, TestContext.Current.CancellationToken);
        var link = node.LinkFor(TargetFiles.ServerName);
        var request = Unfinished(alpn, target);
        await RunAsync(target, [.. Enum.GetValues<Asks>().Select(asks => (Func<Task<bool>>)(async () =>
        {
            // Servers look at their clocks at moments of their own: several visits, some apart.
            var genuine = await RunAsync<PatientVisit>(target, [.. Enumerable.Range(0, target.AtOnce > 1 ? 4 : 1).Select(
                i => (Func<Task<PatientVisit>>)(() => VisitAsync(i, endpoint, alpn, null, request, asks)))]);
            var ours = await VisitAsync(0, door, alpn, link, Foreign(), asks);
            var report = $"{target.Name} {alpn} asks {asks}: node {ours}; "
                + $"target {string.Join(" | ", genuine.Select(g => g.ToString()))}";
            output.WriteLine(report);
            Assert.True(genuine.Any(g => Resembles(g, ours, unasked)), report);
            return true;
        }))]);
    }

    private static Task<LearntPatience> LearnAsync(
        EventLoop loop, TargetVisitor visitor, IPEndPoint endpoint, AlpnClass alpn, bool asks, int unasked) =>
        loop.RunAsync(async () =>
        {
            var seen = await visitor.WaitOutAsync(
                loop, endpoint, TargetFiles.ServerName, alpn, asks, unasked, Longest);
            return LearntPatience.Of(Assert.IsType<TargetPatience>(seen));
        });

    /// <summary>At once, or one after the other where a target serves one connection at a time.</summary>
    private static async Task<T[]> RunAsync<T>(Target target, params Func<Task<T>>[] work)
    {
        if (target.AtOnce > 1)
            return await Task.WhenAll(work.Select(w => w()));
        var done = new List<T>();
        foreach (var one in work)
            done.Add(await one());
        return [.. done];
    }

    private static async Task<PatientVisit> VisitAsync(
        int turn, IPEndPoint door, AlpnClass alpn, RealityLink? link, byte[] request, Asks asks)
    {
        await Task.Delay(turn * 270);
        return await PatientVisit.RunAsync(door, TargetFiles.ServerName, alpn, link, request, asks, Longest);
    }

    /// <summary>Tickets come first, and their lengths are drawn: only how many there are is compared.</summary>
    private static bool Resembles(PatientVisit a, PatientVisit b, int tickets) =>
        a.Ending == b.Ending
        && IsNear(a.Until, b.Until)
        && a.Records.Count == b.Records.Count
        && a.Records.Skip(tickets).Select(r => r.Length).SequenceEqual(b.Records.Skip(tickets).Select(r => r.Length))
        && a.Records.Zip(b.Records).All(pair => IsNear(pair.First.After, pair.Second.After));

    private static bool IsNear(TimeSpan a, TimeSpan b) => (a - b).Duration() <= Tolerance;

    /// <summary>A preface and empty SETTINGS and nothing more, or half a head; s_server speaks no h2.</summary>
    private static byte[] Unfinished(AlpnClass alpn, Target target) =>
        alpn == AlpnClass.Http2 && target.Name != "s_server"
            ? [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0]
            : Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {TargetFiles.ServerName}\r\nAccept: */*\r\n");

    private static byte[] Foreign()
    {
        Assert.True(Destination.TryParse("example.com:443", out var destination));
        var request = new byte[VlessWire.MaxRequest];
        var length = VlessWire.WriteRequest(
            new VlessRequest(Guid.NewGuid(), VlessFlow.Vision, VlessCommand.Tcp, destination), request);
        return request[..length];
    }
}
