using Karez.Camouflage.Reality;
using Karez.Net.Inbounds;
using Karez.Net.Loops;
using Karez.Net.Relay;
using Karez.Net.Tunnel;
using Karez.Proxy;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;
using Karez.Server.People;
using Karez.Wire;

namespace Karez.Server;

/// <summary>One admitted connection: who it is, what it asks for, and the flow that follows.</summary>
internal sealed class Guest(NodeContext node, Member member, Admission admission)
{
    private readonly Tunnel _tunnel = admission.Tunnel;
    private readonly TargetProfile _target = admission.Profile;
    private readonly Instant _handshake = admission.Tunnel.Connection.Loop.Now;
    private bool _isAborted;

    /// <summary>Whose short id opened the door.</summary>
    public Member Member { get; } = member;

    /// <summary>Ends the flow, on its loop: the person was revoked, or the node stops.</summary>
    public void Abort()
    {
        _isAborted = true;
        _tunnel.Connection.Abort(ConnectionFault.Aborted);
    }

    /// <summary>Serves until the end; disposes the tunnel.</summary>
    public async ValueTask RunAsync()
    {
        var loop = _tunnel.Connection.Loop;
        node.Guests.Add(loop, this);
        Member.FlowBegan();
        try
        {
            await ServeAsync();
        }
        catch (ConnectionException)
        {
            // What the network does ends a flow and nothing else.
        }
        catch (TunnelException exception)
        {
            // So does a client that breaks the protocol; one that breaks TLS hears what a site says to that.
            await _tunnel.FailAsync(exception.TlsFault);
        }
        finally
        {
            _tunnel.Dispose();
            Member.FlowEnded();
            node.Guests.Remove(loop, this);
        }
    }

    private async ValueTask ServeAsync()
    {
        VlessArrival? arrival;
        using (new Silence(_tunnel, _target.DrawSilent(node.Entropy), _handshake))
            arrival = await VlessInbound.ReceiveAsync(_tunnel, timeout: null);
        if (arrival is not { } visit
            || !Member.Owns(visit.Request.User)
            || VlessServer.Judge(visit.Request, Member.Flow, out var muxRule, node.Sharing) != VlessFault.None)
        {
            await KeepSilentAsync();
            return;
        }

        var vision = visit.Request.Flow == VlessFlow.Vision
            ? VisionPair.Make(visit.Request.User, VisionSide.Server, Shape.Default, node.Entropy)
            : null;
        using var stream = new VlessLeg(_tunnel, visit.Body, vision);
        switch (visit.Request.Command)
        {
            case VlessCommand.Tcp:
                await CarryAsync(stream, visit.Request);
                break;
            case VlessCommand.Udp:
                await new PacketFlow(stream, visit.Request.Destination, MakeTerms()).RunAsync();
                break;
            case VlessCommand.Mux when await CarryManyAsync(stream, visit.Request, muxRule):
                break;
            default:
                await KeepSilentAsync();
                break;
        }
    }

    private ValueTask KeepSilentAsync() =>
        Silence.KeepAsync(_tunnel, _target.DrawUnfinished(node.Entropy, admission.IsAnswered), _handshake);

    private ValueTask<bool> CarryManyAsync(VlessLeg stream, in VlessRequest request, VlessMuxRule rule)
    {
        var isShared = request.Shares && node.Sharing && rule == VlessMuxRule.Any;
        return new MuxFlow(stream, rule, MakeTerms(), isShared).RunAsync();
    }

    private async ValueTask CarryAsync(VlessLeg stream, VlessRequest request)
    {
        var loop = _tunnel.Connection.Loop;
        var outcome = await node.Exit.DialAsync(loop, request.Destination, Member.Person.Id);
        if (outcome.Connection is not { } remote)
        {
            if (request.Ask != VlessAsk.Nothing)
                await TellAsync(stream, outcome.Failure);
            return;
        }

        using (remote)
        {
            if (request.Ask == VlessAsk.Outcome)
                await stream.SendOutcomeAsync(null);

            // The plain side of a node is the destination: what flows into the tunnel is the person's download.
            var flow = new Flow(remote, stream, node.Limits)
            {
                IntoRate = Member.DownRate,
                OutOfRate = Member.UpRate,
                IntoCounted = Member.CountDown,
                OutOfCounted = Member.CountUp,
            };
            await flow.RunAsync();
        }
    }

    /// <summary>Says why there is no connection, and lets the client leave first, lest a RST outrun the word.</summary>
    private async ValueTask TellAsync(VlessLeg stream, FlowFailure failure)
    {
        await stream.SendOutcomeAsync(failure);
        await stream.FinishAsync();
        using var limit = new LoopTimer(
            _tunnel.Connection.Loop, () => _tunnel.Connection.Abort(ConnectionFault.TimedOut));
        limit.Set(node.LingerTimeout);
        while (!(await _tunnel.ReceiveAsync()).IsEmpty)
        {
        }
    }

    private SessionTerms MakeTerms() => new()
    {
        Exit = node.Exit,
        Sockets = node.Sockets,
        User = Member.Person.Id,
        Count = (up, down) => Member.Count(up, down),
        UpRate = Member.UpRate,
        DownRate = Member.DownRate,
        MayKeep = () => !_isAborted,
        Streams = node.Limits,
        Datagrams = node.Datagrams,
    };
}
