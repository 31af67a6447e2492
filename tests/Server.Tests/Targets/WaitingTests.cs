using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Secure;
using Karez.Server.Targets;

namespace Karez.Server.Tests.Targets;

/// <summary>How long a target waits for a request, and what it does then, is learnt.</summary>
public sealed class WaitingTests : IAsyncDisposable
{
    private readonly LoopGroup _loops = new(1, TimeProvider.System, e => Assert.Fail(e.ToString()));
    private readonly TargetVisitor _visitor = new(new ChainVerifier(TimeProvider.System), SystemEntropy.Instance);

    [Fact]
    public async Task A_target_that_says_something_and_closes()
    {
        var seen = await WaitOutAsync(async (tls, socket) =>
        {
            await Task.Delay(1500);
            await tls.WriteAsync(new byte[100]);
            await tls.ShutdownAsync();
            socket.Dispose();
        });
        Assert.Equal(TargetEnd.Closed, seen.End);
        Assert.InRange(seen.Until.TotalSeconds, 1.4, 2.4);
        // 100 octets and close_notify, each with header, type and tag
        Assert.Equal([122, 24], seen.Writes.SelectMany(w => w.Records));
        Assert.All(seen.Writes, w => Assert.InRange(w.After.TotalSeconds, 1.4, 2.4));
    }

    [Fact]
    public async Task A_target_that_finishes_and_goes_on_listening()
    {
        var seen = await WaitOutAsync(async (_, socket) =>
        {
            await Task.Delay(300);
            socket.Shutdown(SocketShutdown.Send);
            await Task.Delay(2000);
        });
        Assert.Equal(TargetEnd.Finished, seen.End);
        Assert.Empty(seen.Writes);
    }

    [Fact]
    public async Task A_target_that_resets()
    {
        var seen = await WaitOutAsync(async (_, socket) =>
        {
            await Task.Delay(300);
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        });
        Assert.Equal(TargetEnd.Reset, seen.End);
    }

    [Fact]
    public async Task A_target_that_never_ends_is_not_waited_for_for_ever()
    {
        var seen = await WaitOutAsync((_, _) => Task.Delay(3000), TimeSpan.FromSeconds(1));
        Assert.Equal((TargetEnd.Open, 1), (seen.End, (int)Math.Round(seen.Until.TotalSeconds)));
    }

    [Fact]
    public async Task A_round_of_learning_waits_out_every_class_and_keeps_it()
    {
        await using var site = new TestSite((byte)'t', Certificates.Make());
        var kept = new TaskCompletionSource<LearntTarget>();
        var learner = new TargetLearner(
            _visitor, [Certificates.Name], "here", () => new IPEndPoint(IPAddress.Loopback, site.Port), null,
            SystemEntropy.Instance, TimeProvider.System)
        {
            Pause = (TimeSpan.Zero, TimeSpan.Zero),
            Quiet = TimeSpan.FromMilliseconds(20),
            LongestWait = TimeSpan.FromMilliseconds(500),
            Learnt = kept.SetResult,
        };
        var learning = _loops.Loops[0].RunAsync(() => learner.RunAsync(_loops.Loops[0]));
        var learnt = await kept.Task.WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(3, learnt.Profiles.Count);
        Assert.All(learnt.Profiles, p => Assert.Equal(TargetEnd.Open, p.Silent[^1].End)); // the site waits for ever
        Assert.All(learnt.Profiles, p => Assert.Equal(2, p.Unfinished.Count));
        var problems = new List<Karez.Config.Problem>();
        LearntTarget.Check(learnt, problems);
        Assert.Empty(problems);
        Assert.False(learning.IsCompleted);
    }

    public ValueTask DisposeAsync() => _loops.DisposeAsync();

    private async Task<TargetPatience> WaitOutAsync(Func<SslStream, Socket, Task> then, TimeSpan? longest = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await using var tls = new SslStream(new NetworkStream(socket));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = Certificates.Make(),
                EnabledSslProtocols = SslProtocols.Tls13,
            });
            await tls.ReadAtLeastAsync(new byte[4096], 1);
            await then(tls, socket);
        });
        var loop = _loops.Loops[0];
        var seen = await loop.RunAsync(() => _visitor.WaitOutAsync(
            loop, listener.LocalEndpoint, Certificates.Name, AlpnClass.Http1, asks: true, unasked: 2,
            longest ?? TimeSpan.FromSeconds(10)));
        await serving;
        return Assert.IsType<TargetPatience>(seen);
    }
}
