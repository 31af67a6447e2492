using System.Net;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Secure;

namespace Karez.Client.Device;

/// <summary>
/// Asks for the nodes' names through the channel: again, once it works and then seldom, so that the next start asks
/// nobody in clear; and for the first time, where a subscription brings one that is not known.
/// </summary>
/// <param name="proxy">The client.</param>
/// <param name="addresses">Told of what is heard.</param>
/// <param name="resolvers">Public resolvers, of which the first is asked, by TCP.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeNames(
    LocalProxy proxy, NodeAddresses addresses, IReadOnlyList<IPEndPoint> resolvers, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _refresh =
        proxy.Plan.Endpoints.IsMetered ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);

    /// <summary>Runs until it is stopped.</summary>
    /// <param name="stands">Whether the channel works.</param>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(Func<bool> stands, CancellationToken stop)
    {
        if (Hosts is [] && proxy.Plan.Subscriptions is [])
            return;
        while (!stop.IsCancellationRequested)
        {
            await DelayAsync(stands() ? _refresh : s_look, stop);
            if (stop.IsCancellationRequested || !stands())
                continue;
            foreach (var host in Hosts.TakeWhile(_ => !stop.IsCancellationRequested))
                await AskAsync(host);
        }
    }

    /// <summary>Asks for one name through the channel; false when nobody told.</summary>
    public async Task<bool> AskAsync(string host)
    {
        if (resolvers is not [var resolver, ..])
            return false;
        var loop = proxy.Loops.Next();
        try
        {
            var found = await loop.RunAsync(
                () => FarLookup.AskAsync(proxy.Nodes, loop, host, resolver, SystemEntropy.Instance));
            if (found is not null)
                addresses.Remember(host, found);
            return found is not null;
        }
        catch (Exception e) when (e is TunnelException or ConnectionException or ObjectDisposedException)
        {
            return false; // the next time
        }
    }

    /// <summary>The names of the nodes of now: a subscription may bring others.</summary>
    private string[] Hosts =>
        [.. proxy.Nodes.Links.Select(link => link.Host).Where(host => !IPAddress.TryParse(host, out _)).Distinct()];

    private async Task DelayAsync(TimeSpan span, CancellationToken stop)
    {
        try
        {
            await Task.Delay(span, time, stop);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
