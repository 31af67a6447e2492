using System.Collections.Concurrent;
using System.Net;
using Karez.Camouflage.Browser;
using Karez.Client;
using Karez.Client.Endpoints;
using Karez.Client.Subscriptions;
using Karez.Config;
using Karez.Tests;

namespace Karez.Server.Tests;

/// <summary>Which way lists of links are asked for: through the channel first, then directly; and how often.</summary>
public sealed class SubscriptionWayTests : IDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("karez-ways-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Ask.Through, new[] { Ask.Through })]
    [InlineData(Ask.Directly, new[] { Ask.Through, Ask.Directly })]
    public async Task A_mirror_that_is_reached_one_way_only_is_asked_that_way(Ask reachable, Ask[] expected)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var path = new CountedPath(bed.Node.Listening);
        var further = bed.LinkOf(bed.Other).Format();
        using var mirror = new Mirror(path, reachable, further);
        var (time, noted) = (new SkippingTime(), new ConcurrentQueue<string>());
        // The first of the mirrors is nowhere, by no way.
        var config = new SubscriptionConfig(["http://127.0.0.1:1/list", mirror.Url]);
        await using (var client = Start(bed, path, config, time, isMetered: false))
        {
            client.Noted += noted.Enqueue;
            await SkipAsync(time, s_first);
            await Until(() => noted.Any(note => note.Contains("1 links", StringComparison.Ordinal)));
            Assert.Equal(expected, mirror.Asks);
            Assert.True(client.Overhead > further.Length, $"{client.Overhead}");
        }

        // And it is kept for the next start.
        Assert.Equal(further, Assert.Single(new Subscription(config, _folder).Links).Format());
    }

    [Theory]
    [InlineData(false, 12)]
    [InlineData(true, 24)]
    public async Task Lists_are_asked_for_more_seldom_where_octets_cost_money(bool isMetered, int hours)
    {
        await using var bed = await ChannelBed.StartAsync(vision: true);
        using var path = new CountedPath(bed.Node.Listening);
        using var mirror = new Mirror(path, Ask.Through, bed.LinkOf(bed.Other).Format());
        var time = new SkippingTime();
        await using var client = Start(bed, path, new SubscriptionConfig([mirror.Url]), time, isMetered);
        await SkipAsync(time, s_first);
        await Until(() => mirror.Asks.Count == 1);
        await SkipAsync(time, TimeSpan.FromHours(hours));
        await Until(() => mirror.Asks.Count == 2);
        // The failed ones are asked again sooner.
        mirror.Dispose();
        await SkipAsync(time, TimeSpan.FromHours(hours));
        await Until(() => time.IsAwaited(isMetered ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(10)));
    }

    private LocalProxy Start(
        ChannelBed bed, CountedPath path, SubscriptionConfig config, TimeProvider time, bool isMetered) =>
        LocalProxy.Start(
            new ClientPlan
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Link = bed.LinkOf(bed.Person, path.Port),
                Own = 1,
                Profile = "chromium-156",
                Subscriptions = [new Subscription(config, _folder)],
                Endpoints = EndpointPlan.Default with { IsMetered = isMetered },
            },
            BrowserProfile.Default,
            time,
            e => Assert.Fail(e.ToString()));

    /// <summary>Puts the clock forward to the end of a wait, once somebody waits so long.</summary>
    private static async Task SkipAsync(SkippingTime time, TimeSpan span)
    {
        await Until(() => time.IsAwaited(span));
        time.Skip(span);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }

    /// <summary>By which way somebody asked.</summary>
    public enum Ask
    {
        /// <summary>Through the channel.</summary>
        Through,

        /// <summary>Directly.</summary>
        Directly,
    }

    /// <summary>
    /// A web server with one document, reached by one way only. Through the channel came who made a connection to the
    /// node since the last ask.
    /// </summary>
    private sealed class Mirror : IDisposable
    {
        private readonly ConcurrentQueue<Ask> _asks = new();
        private readonly DocumentServer _server;
        private Ask _ask;
        private int _connections;

        public Mirror(CountedPath path, Ask reachable, string document) => _server = new DocumentServer(
            // Whoever only hears the end of the connection asks the same way again.
            () => _ask == reachable ? ("200 OK", document) : ("503 No", ""))
        {
            Came = () =>
            {
                _ask = path.Connections > _connections ? Ask.Through : Ask.Directly;
                _connections = path.Connections;
                _asks.Enqueue(_ask);
            },
        };

        public IReadOnlyCollection<Ask> Asks => [.. _asks];

        public string Url => _server.Url;

        public void Dispose() => _server.Dispose();
    }
}
