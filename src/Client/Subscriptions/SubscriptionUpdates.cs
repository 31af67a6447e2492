using System.Net;
using Karez.Camouflage.Browser;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Client.Subscriptions;

/// <summary>Asks for subscriptions while the client runs: through the channel first, then directly.</summary>
internal sealed class SubscriptionUpdates : IAsyncDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(12);
    private static readonly TimeSpan s_meteredInterval = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_meteredAgain = TimeSpan.FromHours(1);

    private readonly LocalProxy _proxy;
    private readonly IReadOnlyList<Subscription> _subscriptions;
    private readonly WebFetch _fetch;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _octets;

    /// <param name="proxy">The client.</param>
    /// <param name="subscriptions">At least one.</param>
    /// <param name="profile">The browser to resemble.</param>
    /// <param name="time">The clock.</param>
    public SubscriptionUpdates(
        LocalProxy proxy, IReadOnlyList<Subscription> subscriptions, BrowserProfile profile, TimeProvider time)
    {
        (_proxy, _subscriptions, _time) = (proxy, subscriptions, time);
        _fetch = new WebFetch(profile, time, LinkList.MaxLength);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Octets of fetching, both ways, without the handshakes of the channel.</summary>
    public long Octets => Volatile.Read(ref _octets);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var isMetered = _proxy.Plan.Endpoints.IsMetered;
        var pause = s_first;
        try
        {
            while (true)
            {
                await Task.Delay(pause, _time, _stop.Token);
                var isWell = true;
                foreach (var subscription in _subscriptions)
                    isWell &= await UpdateAsync(subscription);
                pause = (isWell, isMetered) switch
                {
                    (true, false) => s_interval,
                    (true, true) => s_meteredInterval,
                    (false, false) => s_again,
                    (false, true) => s_meteredAgain,
                };
            }
        }
        catch (OperationCanceledException)
        {
            // Disposing.
        }
    }

    /// <summary>Asks each mirror, each way, until one has what can be taken.</summary>
    private async Task<bool> UpdateAsync(Subscription subscription)
    {
        foreach (var isDirect in (bool[])[false, true])
        {
            foreach (var url in subscription.Urls.Where(url => !isDirect || MayAskDirectly(url)))
            {
                var octets = await _fetch.GetAsync(
                    url, isDirect ? ConnectDirectlyAsync : ConnectAsync, _stop.Token);
                if (octets is null)
                    continue;
                switch (subscription.Take(octets))
                {
                    case SubscriptionVerdict.Taken:
                        _proxy.Replace([.. Links]);
                        _proxy.Note($"{url.Host} has {subscription.Links.Count} links, from now on used");
                        return await LearnAsync();
                    case SubscriptionVerdict.Same:
                        return await LearnAsync();
                    case var refused:
                        _proxy.Note($"what {url.Host} has is refused: {SubscriptionFirst.Why(refused)}");
                        break;
                }
            }
        }

        return false;
    }

    private IEnumerable<VlessLink> Links => _subscriptions.SelectMany(one => one.Links);

    /// <summary>Lets nodes be used whose names were not known; true when there is none any more.</summary>
    private async Task<bool> LearnAsync()
    {
        if (await _proxy.LearnAsync([.. Links], _stop.Token))
            return true;
        _proxy.Note("nodes whose names are not known wait until one can be asked for them through the channel");
        return false;
    }

    /// <summary>Behind a device a direct question for a name would be one for a name of the channel.</summary>
    private bool MayAskDirectly(Uri url) => _proxy.Plan.Mark == 0 || IPAddress.TryParse(url.IdnHost, out _);

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var loop = _proxy.Loops.Next();
        try
        {
            var leg = await loop.RunAsync(() => _proxy.Nodes.OpenAsync(loop, DestinationOf(host), VlessCommand.Tcp));
            return new OriginStream(loop, leg, leg) { Passed = Count };
        }
        catch (Exception exception) when (exception is TunnelException or ConnectionException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private async ValueTask<Stream> ConnectDirectlyAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var loop = _proxy.Loops.Next();
        var origin = await loop.RunAsync(async () =>
        {
            var dialled = await _proxy.Direct.DialAsync(loop, DestinationOf(host));
            return dialled.IsConnected ? new BareOrigin(dialled.Connection) : null;
        });
        return origin is null
            ? throw new IOException($"{host.Host} cannot be reached")
            : new OriginStream(loop, origin, origin) { Passed = Count };
    }

    private void Count(int octets) => Interlocked.Add(ref _octets, octets);

    private static Destination DestinationOf(DnsEndPoint host) =>
        Destination.TryFromHost(host.Host, host.Port, out var destination)
            ? destination
            : throw new IOException($"{host.Host} is no name");
}
