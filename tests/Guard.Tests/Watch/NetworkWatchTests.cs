using System.Diagnostics;
using Karez.Guard.Watch;

namespace Karez.Guard.Tests.Watch;

/// <summary>Moves are told within a second, whatever else goes on.</summary>
public sealed class NetworkWatchTests : IDisposable
{
    private readonly GuardBed _bed;

    public NetworkWatchTests()
    {
        Assert.SkipWhen(GuardBed.WhyNot is not null, GuardBed.WhyNot ?? "");
        _bed = new GuardBed();
    }

    public void Dispose() => _bed?.Dispose();

    [Fact]
    public async Task A_new_router_is_told_within_a_second_where_other_things_change_all_the_time()
    {
        var told = new TaskCompletionSource<NetworkMove>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = _bed.Near.Enter(() => NetworkWatch.Start(GuardBed.Device, move => told.TrySetResult(move)));
        // As on a machine whose containers come and go: a change each few milliseconds, none of them of the way out.
        using var noise = _bed.Near.Start(
            "sh", "-c", "while :; do ip address add 127.9.9.9/32 dev lo; ip address delete 127.9.9.9/32 dev lo; done");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var began = Stopwatch.StartNew();
        _bed.Near.Ip("route", "replace", "default", "via", "10.9.0.3", "dev", _bed.Link);
        var move = await told.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(1), $"{began.Elapsed}");
        Assert.Equal("10.9.0.3", move.After.IPv4.Gateway?.ToString());
        noise.Dispose();
    }
}
