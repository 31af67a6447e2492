using System.Net;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// The ways to all nodes of a client, in the order given: a flow takes the first that can be reached. One that could
/// not rests; after a while it is looked at beside the flows, and taken again when it is back. Used from all loops.
/// </summary>
/// <param name="channels">At least one.</param>
internal sealed class Nodes(IReadOnlyList<Channel> channels) : IAsyncDisposable
{
    /// <summary>From a node's failure, or the last look at it, to the next look (our choice).</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    private readonly Standing[] _standings = [.. channels.Select(_ => new Standing())];
    private readonly Lock _lock = new();
    private int _current;

    /// <summary>Raised on a loop for each node that could not be reached, also when another took the flow.</summary>
    public event Action<VlessLink, TunnelException>? Missed;

    /// <summary>Raised on a loop when flows go through another node than before.</summary>
    public event Action<VlessLink>? Changed;

    /// <summary>The node that took the last flow; the first one before any.</summary>
    public VlessLink Current => channels[Volatile.Read(ref _current)].Link;

    /// <summary>Opens a stream through the first node that can be reached, on the calling loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="command">What it carries.</param>
    /// <param name="ask">What to hear of the dial, from a node that can tell.</param>
    /// <exception cref="TunnelException">Why none can: what the last one that was tried had.</exception>
    public async ValueTask<VlessLeg> OpenAsync(
        EventLoop loop, Destination destination, VlessCommand command, VlessAsk ask = VlessAsk.Nothing)
    {
        TunnelException? trouble = null;
        foreach (var index in Order())
        {
            try
            {
                var leg = await channels[index].OpenAsync(loop, destination, command, ask);
                Take(index);
                LookAtBetter(index, loop);
                return leg;
            }
            catch (TunnelException exception)
            {
                trouble = exception;
                Miss(index, exception, loop.Now);
            }
        }

        throw trouble!; // there is at least one node
    }

    /// <summary>Where the node of a link is now.</summary>
    /// <exception cref="TunnelException">Its name does not resolve.</exception>
    public ValueTask<EndPoint> FindAsync(VlessLink link) => channels.First(c => c.Link == link).FindNodeAsync();

    /// <summary>Lets go of the tunnels that wait; before the loops end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels)
            await channel.DisposeAsync();
    }

    /// <summary>Shakes hands with the first node that can be reached, and leaves.</summary>
    /// <exception cref="TunnelException">Why none can: what the last one that was tried had.</exception>
    public async ValueTask LookAsync(EventLoop loop)
    {
        TunnelException? trouble = null;
        foreach (var index in Order())
        {
            try
            {
                await channels[index].LookAsync(loop);
                Take(index);
                return;
            }
            catch (TunnelException exception)
            {
                trouble = exception;
                Miss(index, exception, loop.Now);
            }
        }

        throw trouble!; // there is at least one node
    }

    /// <summary>Those that do not rest, then, since it may be all the same to them, those that do.</summary>
    private int[] Order()
    {
        lock (_lock)
            return [.. Enumerable.Range(0, channels.Count).OrderBy(i => _standings[i].Rests)];
    }

    private void Take(int index)
    {
        lock (_lock)
        {
            _standings[index].Rests = false;
            if (_current == index)
                return;
            _current = index;
        }

        Changed?.Invoke(channels[index].Link);
    }

    private void Miss(int index, TunnelException exception, Instant now)
    {
        lock (_lock)
        {
            _standings[index].Rests = true;
            _standings[index].LookAt = now + s_rest;
        }

        Missed?.Invoke(channels[index].Link, exception);
    }

    /// <summary>Starts to look at nodes that stand before the one in use, where it is time.</summary>
    private void LookAtBetter(int used, EventLoop loop)
    {
        for (var index = 0; index < used; index++)
        {
            lock (_lock)
            {
                if (!_standings[index].Rests || loop.Now < _standings[index].LookAt)
                    continue;
                _standings[index].LookAt = loop.Now + s_rest;
            }

            loop.Start(LookAsync, (index, loop));
        }
    }

    private async ValueTask LookAsync((int Index, EventLoop Loop) at)
    {
        try
        {
            await channels[at.Index].LookAsync(at.Loop);
        }
        catch (Exception exception) when (exception is TunnelException or ConnectionException)
        {
            return; // still away
        }

        lock (_lock)
            _standings[at.Index].Rests = false; // the next flow takes it
    }

    private sealed class Standing
    {
        public bool Rests { get; set; }

        public Instant LookAt { get; set; }
    }
}
