using System.Net;
using Karez.Client.Endpoints;
using Karez.Client.Sharing;
using Karez.Config.Links;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vless;
using Karez.Wire;

namespace Karez.Client;

/// <summary>
/// The ways to all nodes of a client: a flow takes the first that can be reached, in the order that
/// <see cref="EndpointOrder"/> gives. One that could not rests; after a while it is looked at beside the flows, and
/// taken again when it is back. Used from all loops.
/// </summary>
internal sealed class Nodes : IAsyncDisposable
{
    /// <summary>From a node's failure, or the last look at it, to the next look (our choice).</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    /// <summary>The same where octets cost money.</summary>
    private static readonly TimeSpan s_meteredRest = TimeSpan.FromMinutes(10);

    private readonly IReadOnlyList<Channel> _channels;
    private readonly EndpointPlan _plan;
    private readonly NetworkMemory _memory;
    private readonly Standing[] _standings;
    private readonly Lock _lock = new();
    private string _network = "";
    private int _current;
    private bool _isKept;

    /// <param name="channels">At least one.</param>
    /// <param name="plan">How to choose.</param>
    /// <param name="memory">What worked last.</param>
    public Nodes(IReadOnlyList<Channel> channels, EndpointPlan plan, NetworkMemory memory)
    {
        (_channels, _plan, _memory) = (channels, plan, memory);
        _standings = [.. channels.Select(_ => new Standing())];
        foreach (var channel in channels)
            channel.Silent += () => Silent?.Invoke(channel.Link);
        Recall();
    }

    /// <summary>Raised on a loop for each node that could not be reached, also when another took the flow.</summary>
    public event Action<VlessLink, TunnelException>? Missed;

    /// <summary>Raised on a loop when a node has not answered a dial for some seconds, which goes on.</summary>
    public event Action<VlessLink>? Silent;

    /// <summary>Raised on a loop when flows go through another node than before.</summary>
    public event Action<VlessLink>? Changed;

    /// <summary>The node that took the last flow; before any, the one that will be tried first.</summary>
    public VlessLink Current => _channels[Volatile.Read(ref _current)].Link;

    /// <summary>All of them, in the order given.</summary>
    public IEnumerable<VlessLink> Links => _channels.Select(channel => channel.Link);

    /// <summary>Octets of handshakes and probes, both ways.</summary>
    public long Overhead => _channels.Sum(channel => channel.Overhead);

    /// <summary>How each is.</summary>
    public IReadOnlyList<EndpointStatus> Status
    {
        get
        {
            var views = Views(hasShares: true, out var total);
            return [.. _channels.Select((channel, i) => StatusOf(channel, views[i], total))];
        }
    }

    /// <summary>
    /// Begins with the node that worked last on the network that this machine is in now; those that stand before it
    /// are looked at beside the first flow.
    /// </summary>
    public void Recall()
    {
        if (_channels.Count == 1)
            return;
        var network = NetworkMemory.Here();
        var node = _memory.Recall(network);
        lock (_lock)
        {
            (_network, _isKept) = (network, false);
            var last = _channels.TakeWhile(channel => NameOf(channel) != node).Count();
            if (last == _channels.Count)
                return;
            _current = last;
            for (var i = 0; i < last; i++)
                (_standings[i].Rests, _standings[i].LookAt) = (true, default);
            _standings[last].Rests = false;
        }
    }

    /// <summary>Opens a stream through the first node that can be reached, on the calling loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="command">What it carries.</param>
    /// <param name="ask">What to hear of the dial, from a node that can tell.</param>
    /// <exception cref="TunnelException">Why none can: what the last one that was tried had.</exception>
    public ValueTask<VlessLeg> OpenAsync(
        EventLoop loop, Destination destination, VlessCommand command, VlessAsk ask = VlessAsk.Nothing) =>
        OpenAsync(loop, channel => channel.OpenAsync(loop, destination, command, ask));

    /// <summary>
    /// Opens a way for a program's TCP flow through the first node that can be reached, on the calling loop: a
    /// connection of its own, or a part of a shared one.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="ask">What to hear of the dial, from a node that can tell.</param>
    /// <exception cref="TunnelException">Why none can: what the last one that was tried had.</exception>
    public ValueTask<IFlowWay> OpenFlowAsync(
        EventLoop loop, Destination destination, VlessAsk ask = VlessAsk.Nothing) =>
        OpenAsync(loop, channel => channel.OpenFlowAsync(loop, destination, ask));

    /// <summary>
    /// Opens a session for the datagrams of one socket through the first node that can be reached, on the calling loop.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="globalId">By which a node finds the socket's outer port again.</param>
    /// <param name="receiver">Called on the loop with what comes.</param>
    /// <returns>Null when that node's address has no place for it.</returns>
    /// <exception cref="TunnelException">Why none can: what the last one that was tried had.</exception>
    public ValueTask<XudpSession?> OpenDatagramsAsync(EventLoop loop, ulong globalId, DatagramReceiver receiver) =>
        OpenAsync(loop, channel => channel.OpenDatagramsAsync(loop, globalId, receiver));

    private async ValueTask<T> OpenAsync<T>(EventLoop loop, Func<Channel, ValueTask<T>> open)
    {
        TunnelException? trouble = null;
        foreach (var index in Order())
        {
            try
            {
                var way = await open(_channels[index]);
                Take(index);
                LookAtOthers(index, loop);
                return way;
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
    public ValueTask<EndPoint> FindAsync(VlessLink link) => _channels.First(c => c.Link == link).FindNodeAsync();

    /// <summary>Lets go of the tunnels that wait; before the loops end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
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
                await _channels[index].LookAsync(loop);
                Take(index);
                LookAtOthers(index, loop);
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

    private static EndpointStatus StatusOf(Channel channel, in EndpointView view, long total)
    {
        var counts = channel.Counts;
        return new EndpointStatus(
            channel.Link.ToString(), view.Rests, (int?)channel.Latency?.TotalMilliseconds, counts.Live,
            counts.Dialling, counts.Waited, counts.Taken, counts.Beyond, counts.Limit, counts.Most, counts.Shared,
            counts.SharedTotal, view.Octets, total == 0 ? 0 : (int)(100 * view.Octets / total));
    }

    private int[] Order()
    {
        if (_channels.Count == 1)
            return s_only;
        var views = Views(_plan.MaxShare < 1, out var total);
        return EndpointOrder.Of(views, Volatile.Read(ref _current), total, _plan);
    }

    private EndpointView[] Views(bool hasShares, out long total)
    {
        var views = new EndpointView[_channels.Count];
        lock (_lock)
        {
            for (var i = 0; i < views.Length; i++)
            {
                var octets = hasShares ? _channels[i].Octets : 0; // each running connection is looked at
                views[i] = new EndpointView(
                    _standings[i].Rests, _channels[i].Latency, octets, _channels[i].Counts.IsFull);
            }
        }

        // Several links may lead to one address.
        total = views.Zip(_channels).DistinctBy(pair => pair.Second.Link.Host).Sum(pair => pair.First.Octets);
        return views;
    }

    private void Take(int index)
    {
        lock (_lock)
        {
            _standings[index].Rests = false;
            var isNew = _current != index;
            if (!isNew && _isKept)
                return;
            // Where flows are spread, they go to and fro, and nobody needs to hear of it.
            var isSpread = (_plan.MaxShare < 1 || _channels[_current].Counts.IsFull) && !_standings[_current].Rests;
            (_current, _isKept) = (index, true);
            // Beside the loop, which waits for no disk.
            var (network, node) = (_network, NameOf(_channels[index]));
            if (_channels.Count > 1 && !isSpread)
                _ = Task.Run(() => _memory.Keep(network, node));
            if (!isNew || isSpread)
                return;
        }

        Changed?.Invoke(_channels[index].Link);
    }

    private void Miss(int index, TunnelException exception, Instant now)
    {
        lock (_lock)
        {
            _standings[index].Rests = true;
            _standings[index].LookAt = now + Rest;
        }

        Missed?.Invoke(_channels[index].Link, exception);
    }

    /// <summary>
    /// Starts to look at nodes that would be taken before the one in use, where it is time: those that rest, and where
    /// the quickest is wanted, those that were never measured.
    /// </summary>
    private void LookAtOthers(int used, EventLoop loop)
    {
        for (var index = 0; index < _channels.Count; index++)
        {
            lock (_lock)
            {
                var standing = _standings[index];
                var isUnknown = _plan is { TakesFastest: true, IsMetered: false } && _channels[index].Latency is null;
                var isBetter = standing.Rests && (index < used || _plan.TakesFastest);
                if (index == used || (!isBetter && !isUnknown) || loop.Now < standing.LookAt)
                    continue;
                standing.LookAt = loop.Now + Rest;
            }

            loop.Start(LookAsync, (index, loop));
        }
    }

    private async ValueTask LookAsync((int Index, EventLoop Loop) at)
    {
        try
        {
            await _channels[at.Index].LookAsync(at.Loop);
        }
        catch (Exception exception) when (exception is TunnelException or ConnectionException)
        {
            lock (_lock)
                _standings[at.Index].Rests = true;
            return; // still away
        }

        lock (_lock)
            _standings[at.Index].Rests = false; // the next flow takes it
    }

    private TimeSpan Rest => _plan.IsMetered ? s_meteredRest : s_rest;

    private static string NameOf(Channel channel) => $"{channel.Link.Host}:{channel.Link.Port}";

    private static readonly int[] s_only = [0];

    private sealed class Standing
    {
        public bool Rests { get; set; }

        public Instant LookAt { get; set; }
    }
}
