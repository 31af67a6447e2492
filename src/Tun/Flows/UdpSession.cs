using System.Net;
using Karez.Ip.Headers;
using Karez.Ip.Nat;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Wire;

namespace Karez.Tun.Flows;

/// <summary>The datagrams of one source: a way through the channel and a direct socket, when needed.</summary>
internal sealed class UdpSession(TunParts parts, UdpGate gate, HostPort source)
    : IDatagramSink, IAsyncDisposable
{
    private readonly Dictionary<HostPort, Decision> _decisions = [];
    private readonly NamedPeers _peers = new();
    private IDatagramWay? _way;
    private DatagramConnection? _socket;
    private Task _pumping = Task.CompletedTask;
    private bool _isOver;

    /// <summary>Where a destination goes; remembered for a while.</summary>
    public FlowRoute RouteOf(HostPort destination, Instant now, out FlowTarget target)
    {
        if (!_decisions.TryGetValue(destination, out var decision) || now >= decision.Until)
        {
            var flow = parts.Judge.Describe(FlowTransport.Udp, source, destination, now);
            decision = new Decision(parts.Judge.Route(flow), flow.Target, now + s_kept);
            if (_decisions.Count >= MaxDecisions)
                _decisions.Clear();
            _decisions[destination] = decision;
        }

        target = decision.Target;
        return decision.Route;
    }

    /// <summary>Sends; true if there is something to flush.</summary>
    public bool Send(FlowRoute route, HostPort destination, in FlowTarget target, ReadOnlySpan<byte> data)
    {
        if (_isOver)
            return false;
        if (target.Name is not null)
            _peers.NoteNamed(destination);
        else
            _peers.NoteReal(destination.Address);
        if (route == FlowRoute.Direct)
        {
            SendDirect(destination, data);
            return false;
        }

        _way ??= parts.Carrier.OpenDatagrams(parts.Loop, source, AnswerFromChannel);
        _way.Send(target, data);
        return true;
    }

    /// <summary>Lets what was collected leave.</summary>
    public void Flush() => _way?.Flush();

    void IDatagramSink.Take(IPEndPoint from, ReadOnlySpan<byte> payload)
    {
        if (!_isOver)
            gate.Answer(HostPort.From(from), source, payload);
    }

    void IDatagramSink.Flush()
    {
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        if (_way is not null)
            await _way.DisposeAsync();
        _socket?.Abort(ConnectionFault.Closed);
        await _pumping;
    }

    private void AnswerFromChannel(in FlowTarget from, ReadOnlySpan<byte> payload)
    {
        if (_isOver)
            return;
        if (from.Name is { } name)
        {
            if (parts.Names.TryGive(name, source.Address.IsIPv6, parts.Loop.Now, out var fake))
                gate.Answer(new HostPort(fake, from.Port), source, payload);
            return;
        }

        gate.Answer(_peers.Translate(new HostPort(from.Address, from.Port)), source, payload);
    }

    private void SendDirect(HostPort destination, ReadOnlySpan<byte> data)
    {
        if (_socket is null)
        {
            try
            {
                var any = new IPEndPoint(source.Address.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
                _socket = DatagramConnection.Open(parts.Loop, any, new ConnectOptions(parts.Options.Mark));
            }
            catch (Exception exception) when (exception is ListenException or ConnectionException)
            {
                parts.Counters.AddDroppedDatagram();
                return;
            }

            _pumping = PumpAsync(_socket);
        }

        _socket.SendTo(data, destination.ToIPEndPoint());
    }

    private async Task PumpAsync(DatagramConnection socket)
    {
        using (socket)
            await DatagramPump.RunAsync(socket, this);
    }

    private readonly record struct Decision(FlowRoute Route, FlowTarget Target, Instant Until);

    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(10); // rules may change under a long call
    private const int MaxDecisions = 64;
}
