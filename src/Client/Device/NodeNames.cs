using System.Net;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Secure;

namespace Karez.Client.Device;

/// <summary>
/// Asks for the nodes' names again, through the channel, once it works and then seldom: the next start asks nobody in
/// clear.
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
        VlessLink[] links = [proxy.Plan.Link, .. proxy.Plan.Others];
        var names = links.Select(link => link.Host).Where(host => !IPAddress.TryParse(host, out _));
        string[] hosts = [.. names.Distinct()];
        if (hosts is [] || resolvers is not [var resolver, ..])
            return;
        while (!stop.IsCancellationRequested)
        {
            await DelayAsync(stands() ? _refresh : s_look, stop);
            if (stop.IsCancellationRequested || !stands())
                continue;
            foreach (var host in hosts)
                await AskAsync(host, resolver);
        }
    }

    private async Task AskAsync(string host, IPEndPoint resolver)
    {
        var loop = proxy.Loops.Next();
        try
        {
            var found = await loop.RunAsync(
                () => FarLookup.AskAsync(proxy.Nodes, loop, host, resolver, SystemEntropy.Instance));
            if (found is not null)
                addresses.Remember(host, found);
        }
        catch (Exception e) when (e is TunnelException or ConnectionException or ObjectDisposedException)
        {
            // The next time.
        }
    }

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
