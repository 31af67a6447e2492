using System.Net;
using System.Net.Sockets;
using Karez.Net.Resolve;
using Karez.Net.Tests.Loops;

namespace Karez.Net.Tests.Resolve;

public class ResolverTests
{
    private static readonly IPAddress[] s_addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")];

    [Fact]
    public Task Asks_once_for_all_who_ask_together_and_comes_back_to_the_loop() => LoopBench.RunAsync(async loop =>
    {
        var asked = 0;
        using var gate = new ManualResetEventSlim();
        using var resolver = new Resolver(ResolverOptions.Default, TimeProvider.System, _ =>
        {
            Interlocked.Increment(ref asked);
            gate.Wait();
            return s_addresses;
        });
        var pending = Enumerable.Range(0, 50)
            .Select(i => resolver.ResolveAsync(i % 2 == 0 ? "example.org" : "EXAMPLE.org").AsTask()).ToList();
        await loop.DelayAsync(TimeSpan.FromMilliseconds(20));
        gate.Set();
        foreach (var task in pending)
        {
            var answer = await task;
            Assert.Equal(ResolveStatus.Found, answer.Status);
            Assert.Equal(s_addresses, answer.Addresses);
            Assert.True(loop.IsCurrent);
        }

        Assert.Equal(1, asked);
        Assert.Equal(s_addresses, (await resolver.ResolveAsync("example.org")).Addresses);
        Assert.Equal(1, asked);
    });

    [Fact]
    public async Task Answers_and_failures_are_kept_for_their_time()
    {
        var time = new HandClock();
        var asked = 0;
        using var resolver = new Resolver(ResolverOptions.Default, time, name =>
        {
            asked++;
            return name switch
            {
                "good" => s_addresses,
                "none" => throw new SocketException((int)SocketError.HostNotFound),
                "empty" => [],
                "long" => throw new ArgumentException("too long"),
                _ => throw new SocketException((int)SocketError.TryAgain),
            };
        });
        foreach (var (name, status, keep) in new[]
        {
            ("good", ResolveStatus.Found, 60), ("none", ResolveStatus.NotFound, 5),
            ("empty", ResolveStatus.NotFound, 5), ("long", ResolveStatus.NotFound, 5),
            ("broken", ResolveStatus.Failed, 5),
        })
        {
            asked = 0;
            Assert.Equal(status, (await resolver.ResolveAsync(name)).Status);
            time.Seconds += keep - 1;
            Assert.Equal(status, (await resolver.ResolveAsync(name)).Status);
            Assert.Equal(1, asked);
            time.Seconds += 1;
            Assert.Equal(status, (await resolver.ResolveAsync(name)).Status);
            Assert.Equal(2, asked);
        }
    }

    [Fact]
    public async Task Remembers_a_bounded_number_of_names()
    {
        var options = new ResolverOptions { MaxNames = 10, MaxAddresses = 1 };
        using var resolver = new Resolver(options, TimeProvider.System, _ => s_addresses);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(s_addresses[..1], (await resolver.ResolveAsync($"host{i}")).Addresses);
            Assert.InRange(resolver.Count, 1, 10);
        }
    }

    [Fact]
    public async Task A_slow_name_holds_up_only_those_who_want_it()
    {
        using var gate = new ManualResetEventSlim();
        var options = new ResolverOptions { Patience = TimeSpan.FromMilliseconds(500), MaxLookups = 2 };
        using var resolver = new Resolver(options, TimeProvider.System, name =>
        {
            if (name.StartsWith("slow", StringComparison.Ordinal)) gate.Wait();
            return s_addresses;
        });
        Assert.Equal(ResolveStatus.TimedOut, (await resolver.ResolveAsync("slow")).Status);
        Assert.Equal(ResolveStatus.Found, (await resolver.ResolveAsync("fast")).Status);
        Assert.Equal(ResolveStatus.TimedOut, (await resolver.ResolveAsync("slow2")).Status);
        Assert.Equal(ResolveStatus.Busy, (await resolver.ResolveAsync("slow3")).Status);
        gate.Set();
        var status = ResolveStatus.TimedOut;
        for (var i = 0; i < 20 && status != ResolveStatus.Found; i++)
            status = (await resolver.ResolveAsync("slow")).Status;
        Assert.Equal(ResolveStatus.Found, status);
    }

    [Fact]
    public async Task The_systems_resolver_is_asked()
    {
        using var resolver = new Resolver(ResolverOptions.Default, TimeProvider.System);
        var answer = await resolver.ResolveAsync("localhost");
        Assert.Equal(ResolveStatus.Found, answer.Status);
        Assert.All(answer.Addresses, a => Assert.True(IPAddress.IsLoopback(a)));
        Assert.Equal(ResolveStatus.NotFound, (await resolver.ResolveAsync(new string('x', 255))).Status);
    }

    [Fact]
    public async Task A_look_up_that_is_under_way_at_the_end_fails()
    {
        using var gate = new ManualResetEventSlim();
        var options = new ResolverOptions { Threads = 1 };
        var begun = new TaskCompletionSource();
        var resolver = new Resolver(options, TimeProvider.System, _ =>
        {
            begun.SetResult();
            gate.Wait();
            return s_addresses;
        });
        var first = resolver.ResolveAsync("first").AsTask();
        await begun.Task;
        var second = resolver.ResolveAsync("second").AsTask();
        resolver.Dispose();
        gate.Set();
        Assert.Equal(ResolveStatus.Found, (await first).Status);
        Assert.Equal(ResolveStatus.Failed, (await second).Status);
        Assert.Equal(ResolveStatus.Failed, (await resolver.ResolveAsync("third")).Status);
    }

    private sealed class HandClock : TimeProvider
    {
        internal long Seconds { get; set; } = 1000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
