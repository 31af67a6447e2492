using Karez.Client.Endpoints;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Client.Sharing;

/// <summary>
/// The shared connections to one node: opened when there is no place for one more of a flow's own, the least loaded
/// first. Used from all loops. docs/decisions/connections.md has the reasons.
/// </summary>
/// <param name="gate">What the address sees at a time.</param>
/// <param name="open">
/// Opens a stream that offers to share; null if the node wears no mark, which the gate has then been told.
/// </param>
/// <param name="idle">How long a carrier without sub-flows is kept, about.</param>
internal sealed class Carriers(AddressGate gate, Func<EventLoop, ValueTask<VlessLeg?>> open, TimeSpan idle)
{
    private readonly Lock _lock = new();
    private readonly List<Carrier> _open = [];
    private Task? _making;

    /// <summary>How often a carrier looks whether it is empty: twice in a row, and it leaves.</summary>
    public TimeSpan IdleLook => idle / 2;

    /// <summary>Finds a place in a carrier, and makes one if need be and there may be one.</summary>
    /// <param name="loop">The calling loop.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="ask">What to hear of the dial.</param>
    /// <returns>Null when there is none: the node does not share, or all are full.</returns>
    /// <exception cref="TunnelException">The node cannot be reached.</exception>
    public async ValueTask<SharedWay?> TryOpenAsync(EventLoop loop, Destination destination, VlessAsk ask)
    {
        while (true)
        {
            Task? making;
            Carrier? carrier;
            TaskCompletionSource? mine = null;
            lock (_lock)
            {
                carrier = _open.Where(one => one.IsOpen).MinBy(one => one.Load);
                if (carrier is null or { Load: >= Enough } && _making is null && gate.TryEnterCarrier())
                {
                    mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _making = mine.Task;
                }

                making = _making;
                if (carrier is not null)
                {
                    carrier.Load++;
                    carrier.Opened++;
                }
            }

            if (mine is not null)
                loop.Start(MakeAsync, (loop, mine));
            if (carrier is not null)
                return Begin(loop, carrier, destination, ask);
            if (making is null)
                return null;
            await making;
        }
    }

    /// <summary>A sub-flow of a carrier is over.</summary>
    public void Ended(Carrier carrier)
    {
        lock (_lock)
            carrier.Load--;
        gate.CountShared(-1);
    }

    /// <summary>A carrier is over.</summary>
    public void Remove(Carrier carrier)
    {
        lock (_lock)
            _open.Remove(carrier);
    }

    /// <summary>Takes a carrier out if nothing is in it: nobody will find it any more.</summary>
    public bool TryRemoveEmpty(Carrier carrier)
    {
        lock (_lock)
            return carrier.Load == 0 && _open.Remove(carrier);
    }

    private SharedWay Begin(EventLoop loop, Carrier carrier, Destination destination, VlessAsk ask)
    {
        gate.CountShared(1);
        try
        {
            var (near, far) = LooseEnd.Pair(loop);
            var flow = new SubFlow(near, far, destination);
            carrier.Take(flow);
            return new SharedWay(flow, ask);
        }
        catch (ConnectionException)
        {
            Ended(carrier); // no descriptors are left
            throw;
        }
    }

    private async ValueTask MakeAsync((EventLoop Loop, TaskCompletionSource Made) order)
    {
        Carrier? carrier = null;
        Exception? trouble = null;
        try
        {
            if (await open(order.Loop) is { } leg)
                carrier = await AgreeAsync(leg, order.Loop);
        }
        catch (Exception exception) when (exception is TunnelException or ConnectionException)
        {
            trouble = exception;
        }

        lock (_lock)
        {
            _making = null;
            if (carrier is not null)
                _open.Add(carrier);
        }

        if (carrier is not null)
            order.Loop.Start(carrier.RunAsync);
        if (trouble is null)
        {
            order.Made.SetResult();
            return;
        }

        order.Made.SetException(trouble);
        _ = order.Made.Task.Exception; // seen, also when no flow waits for this carrier
    }

    /// <summary>
    /// Makes the offer. A node that knows nothing of it answers the frame behind it, and so says no at once.
    /// </summary>
    private async ValueTask<Carrier?> AgreeAsync(VlessLeg leg, EventLoop loop)
    {
        var refusal = s_afterBreak;
        try
        {
            using var limit = new LoopTimer(loop, () => leg.Abort(ConnectionFault.TimedOut));
            limit.Set(s_patience);
            var frame = new byte[MuxWire.MaxHeader + 1];
            var question = new MuxFrame(ushort.MaxValue, MuxStatus.Keep, HasData: true);
            var length = MuxWire.WriteHeader(question, 1, frame) + 1;
            await leg.SendAsync(frame.AsMemory(0, length));
            switch (await leg.HearSharingAsync())
            {
                case true:
                    return new Carrier(this, leg);
                case false:
                    refusal = s_afterNo;
                    break;
            }
        }
        catch (Exception exception) when (exception is TunnelException or ConnectionException)
        {
            // Whatever that node is, it has refused, and nothing of any flow was sent.
        }

        leg.Dispose();
        gate.RefuseSharing(refusal, loop.Now);
        return null;
    }

    // Sub-flows in the first carrier from which on there is a second (our choice).
    private const int Enough = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_afterNo = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_afterBreak = TimeSpan.FromMinutes(1);
}
