using System.Diagnostics;
using System.Net.Security;

namespace Karez.Server.Tests.Targets;

/// <summary>The target gets no more connections a second than it was promised; whoever is above that waits.</summary>
public class PacedTargetTests
{
    private const int PerSecond = 5;
    private const int Burst = 2 * PerSecond;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Strangers_beyond_the_burst_wait_and_then_get_the_site()
    {
        await using var bed = await ChannelBed.StartAsync(vision: true, targetConnectionsPerSecond: PerSecond);
        // What is slow once in a process is not measured.
        Assert.Equal("ttt", await VisitAsync(bed).WaitAsync(Patience));
        await Task.Delay(TimeSpan.FromSeconds(2.0 / PerSecond), TestContext.Current.CancellationToken);
        var (watch, strangers) = (Stopwatch.StartNew(), Burst + (2 * PerSecond));
        var came = await Task.WhenAll(Enumerable.Range(0, strangers).Select(async _ =>
        {
            Assert.Equal("ttt", await VisitAsync(bed).WaitAsync(Patience));
            return watch.Elapsed.TotalSeconds;
        }));
        Array.Sort(came);
        for (var i = Burst; i < strangers; i++)
            Assert.True(came[i] >= (i + 1 - Burst) / (double)PerSecond, $"number {i + 1} came after {came[i]:f3} s");
        Assert.InRange(came[Burst - 1], 0, 1.9); // without the burst it would be 2
        Assert.InRange(came[^1], 2, 20);
    }

    private static async Task<string> VisitAsync(ChannelBed bed)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = Certificates.Name,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        });
        return await http.GetStringAsync(new Uri($"https://{bed.Node.Listening}/3"));
    }
}
