using Karez.Lab.Detectors;
using Karez.Lab.Router;
using Karez.Observe.Flows;
using Karez.Observe.Packets;
using FlowKey = Karez.Observe.Flows.FlowKey;

namespace Karez.Lab.Censors;

/// <summary>A firewall: a detector, and what is done when it finds something.</summary>
public sealed class DetectorCensor : ICensor
{
    private const int MaxBlocks = 100_000; // Our limit: beyond it all are forgotten.
    private const double StartHour = 12; // Our choice: a run begins at noon.

    private readonly CensorRule _rule;
    private readonly IDetector _detector;
    private readonly Surroundings _around;
    private readonly FlowTable _table = new();
    private readonly List<Evidence> _found = [];
    private readonly HashSet<Flow> _judged = [];
    private readonly Dictionary<(NetAddress, NetAddress, ushort), (TimeSpan From, TimeSpan Until)> _blocks = [];

    /// <summary>Makes one.</summary>
    /// <param name="rule">What it does.</param>
    /// <param name="place">Where it sits.</param>
    /// <param name="around">What it knows: blocked names and ends.</param>
    public DetectorCensor(CensorRule rule, Place place, Surroundings around)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _detector = rule.Detector();
        _around = around;
        Place = place;
    }

    /// <inheritdoc/>
    public string Name => _rule.Name;

    /// <inheritdoc/>
    public Place Place { get; }

    /// <summary>How often it acted.</summary>
    public int Actions { get; private set; }

    /// <inheritdoc/>
    public Verdict Judge(in Passing passing, IInjector injector)
    {
        ArgumentNullException.ThrowIfNull(injector);
        if (PacketReader.ReadIp(passing.Packet.ToArray(), passing.Time.Ticks * 100) is not { } packet
            || _table.Feed(packet) is not { } step)
            return Verdict.Pass;
        _detector.Feed(new Sighting(step, passing.Subscriber, _around), _found);
        var found = _found.Count > 0 && _judged.Add(step.Flow);
        _found.Clear();
        while (_table.TryTakeEnded(out var ended))
        {
            _detector.Ended(ended, passing.Subscriber, _around, _found);
            _judged.Remove(ended);
        }

        _found.Clear();
        if (IsBlocked(step, passing.Time))
        {
            if (_rule.Scope == BlockScope.ResetsAgain)
                Reset(passing, step, injector, Delay(injector.Random));
            return _rule.Scope == BlockScope.ResetsAgain ? Verdict.Pass : Verdict.Drop;
        }

        return found && injector.Random.NextDouble() < ShareAt(passing.Time)
            ? Act(passing, step, injector)
            : Verdict.Pass;
    }

    private Verdict Act(in Passing passing, FlowStep step, IInjector injector)
    {
        Actions++;
        var delay = Delay(injector.Random);
        Reset(passing, step, injector, delay);
        if (_rule.Scope != BlockScope.None)
        {
            if (_blocks.Count == MaxBlocks)
                _blocks.Clear();
            var from = passing.Time + delay;
            _blocks[KeyOf(step.Flow.Key)] = (from, from + TimeSpan.FromSeconds(_rule.Seconds));
        }

        if (_rule.Freezes)
            return Verdict.Freeze(TimeSpan.FromSeconds(_rule.Seconds));
        return _rule.Drops ? Verdict.Drop : Verdict.Pass;
    }

    private void Reset(in Passing passing, FlowStep step, IInjector injector, TimeSpan delay)
    {
        if (!step.Packet.IsTcp)
            return;
        var onward = passing.Heading;
        var back = onward == Heading.Outward ? Heading.Inward : Heading.Outward;
        var toClient = step.Direction == Observe.Direction.ClientToServer;
        foreach (var shape in _rule.Resets)
        {
            for (var i = 0; i < shape.Count; i++)
            {
                injector.Inject(Forged(passing, shape, toSender: true, injector), back, delay);
                // The sender is the client when the packet goes up; a wall that resets clients only spares the server.
                if (_rule.ToServer || !toClient)
                    injector.Inject(Forged(passing, shape, toSender: false, injector), onward, delay);
            }
        }
    }

    private byte[] Forged(in Passing passing, ResetShape shape, bool toSender, IInjector injector)
    {
        var style = new ResetStyle(
            shape.WithAck ? Forge.ResetAcknowledge : Forge.Reset,
            (ushort)injector.Random.Next(shape.FirstId, shape.LastId + 1),
            shape.DontFragment,
            shape.TimeToLive)
        {
            Payload = _rule.Payload,
        };
        return Forge.TcpReset(passing.Packet, toSender, style);
    }

    private bool IsBlocked(FlowStep step, TimeSpan now)
    {
        if (_rule.Scope == BlockScope.None || !_blocks.TryGetValue(KeyOf(step.Flow.Key), out var block)
            || now < block.From)
            return false;
        if (now >= block.Until)
        {
            _blocks.Remove(KeyOf(step.Flow.Key));
            return false;
        }

        var up = step.Direction == Observe.Direction.ClientToServer;
        return _rule.Scope switch
        {
            BlockScope.FromClient => up,
            BlockScope.FromServer => !up,
            BlockScope.NewConnections => up && step.Packet.Segment is { } segment && segment.Has(TcpControl.Syn),
            _ => true,
        };
    }

    // The port counts where one service is meant; a rule about connections, or about an address, means all of them.
    private (NetAddress, NetAddress, ushort) KeyOf(FlowKey flow) => _rule.Scope switch
    {
        BlockScope.FromServer => (default, flow.Server, flow.ServerPort),
        BlockScope.NewConnections => (flow.Client, flow.Server, 0),
        _ => (flow.Client, flow.Server, flow.ServerPort),
    };

    // Exponential around the mean, within the bounds seen.
    private TimeSpan Delay(Random random)
    {
        var (least, mean, most) = _rule.Latency;
        var drawn = least - ((mean - least) * Math.Log(1 - random.NextDouble()));
        return TimeSpan.FromMilliseconds(Math.Min(most, drawn));
    }

    private double ShareAt(TimeSpan time) => _rule.Share?.Invoke((StartHour + time.TotalHours) % 24) ?? 1;
}
