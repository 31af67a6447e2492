using Karez.Client.Endpoints;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Wire;

namespace Karez.Client.Tests.Endpoints;

public class AddressGateTests
{
    [Fact]
    public async Task Six_handshakes_are_under_way_and_the_others_wait_in_order()
    {
        var gate = new AddressGate(new EndpointPlan());
        for (var i = 0; i < 6; i++)
            await gate.BeginHandshakeAsync(default);
        var seventh = gate.BeginHandshakeAsync(default).AsTask();
        var eighth = gate.BeginHandshakeAsync(default).AsTask();
        Assert.False(seventh.IsCompleted);
        Assert.Equal((6, 2L), (gate.Counts.Dialling, gate.Counts.Waited));
        gate.EndHandshake(null);
        await seventh;
        Assert.False(eighth.IsCompleted);
        for (var i = 0; i < 7; i++)
            gate.EndHandshake(null);
        await eighth;
        Assert.Equal(0, gate.Counts.Dialling);
    }

    [Fact]
    public async Task After_two_failures_in_a_row_nobody_waits_and_one_is_an_accident()
    {
        var gate = new AddressGate(new EndpointPlan { Handshakes = 1 });
        await gate.BeginHandshakeAsync(default);
        var waiting = Enumerable.Range(0, 5).Select(_ => gate.BeginHandshakeAsync(default).AsTask()).ToList();
        gate.EndHandshake(new TunnelException(TunnelFault.PathBroken));
        await waiting[0];
        Assert.DoesNotContain(waiting[1..], task => task.IsCompleted);
        gate.EndHandshake(new TunnelException(TunnelFault.NodeUnreachable));
        foreach (var doomed in waiting[1..])
            Assert.Equal(TunnelFault.NodeUnreachable, (await Assert.ThrowsAsync<TunnelException>(() => doomed)).Fault);
        Assert.Equal(0, gate.Counts.Dialling);
        await gate.BeginHandshakeAsync(default); // whoever comes later tries again
    }

    [Fact]
    public async Task A_connection_that_ends_hands_its_place_over()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 2 });
        await gate.EnterAsync(default, default);
        await gate.EnterAsync(default, default);
        var third = gate.EnterAsync(default, default).AsTask();
        Assert.False(third.IsCompleted);
        gate.Leave();
        await third;
        Assert.Equal(2, gate.Counts.Live);
        gate.Leave();
        gate.Leave();
        Assert.Equal(new GateCounts(0, 0, 1, 0) { Limit = 2, Most = 2 }, gate.Counts);
    }

    [Fact]
    public async Task A_look_that_waited_long_goes_beyond_and_is_counted_and_a_flow_waits_on()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 1 });
        await gate.EnterAsync(default, default);
        var flow = gate.EnterAsync(default, default).AsTask();
        await gate.EnterToLookAsync(default, default); // five seconds
        Assert.Equal((2, 1L), (gate.Counts.Live, gate.Counts.Beyond));
        Assert.False(flow.IsCompleted);
        gate.Leave();
        Assert.False(flow.IsCompleted); // that was the look's
        gate.Leave();
        await flow;
        Assert.Equal((1, 1L), (gate.Counts.Live, gate.Counts.Beyond));
    }

    [Fact]
    public async Task Nine_places_are_for_flows_of_their_own_two_for_carriers_and_one_for_datagrams()
    {
        var gate = new AddressGate(new EndpointPlan());
        for (var i = 0; i < 9; i++)
            Assert.True(gate.TryEnter(default));
        Assert.False(gate.TryEnter(default));
        await gate.EnterAsync(default, default); // what cannot share leaves one for a carrier
        Assert.False(gate.EnterAsync(default, default).AsTask().IsCompleted);
        Assert.True(gate.TryEnterCarrier());
        Assert.False(gate.TryEnterCarrier());
        Assert.True(gate.TryEnterDatagrams(default));
        Assert.False(gate.TryEnterDatagrams(default));
        Assert.Equal((12, 12, false), (gate.Counts.Live, gate.Counts.Most, gate.Counts.IsFull));
        gate.Leave(place: GatePlace.Carrier);
        Assert.True(gate.TryEnterCarrier());
        gate.Leave(place: GatePlace.Datagrams);
        Assert.False(gate.TryEnterCarrier());
        Assert.True(gate.TryEnterDatagrams(default));
    }

    [Fact]
    public async Task The_first_stream_of_datagrams_has_its_place_although_looks_are_beyond_the_limit()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 3 });
        gate.RefuseSharing(TimeSpan.FromMinutes(1), default);
        await gate.EnterAsync(default, default);
        await gate.EnterAsync(default, default);
        await gate.EnterToLookAsync(default, default); // five seconds
        await gate.EnterToLookAsync(default, default);
        Assert.Equal((4, 2L), (gate.Counts.Live, gate.Counts.Beyond));
        Assert.True(gate.TryEnterDatagrams(default));
        Assert.False(gate.TryEnterDatagrams(default));
        Assert.Equal((5, 2L), (gate.Counts.Live, gate.Counts.Beyond));
    }

    [Fact]
    public async Task Datagrams_wait_before_all_others_and_go_beyond_no_limit()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 1 });
        await gate.EnterAsync(default, default);
        var flow = gate.EnterAsync(default, default).AsTask();
        var datagrams = gate.EnterDatagramsAsync(default).AsTask();
        gate.Leave();
        Assert.True(await datagrams);
        Assert.False(flow.IsCompleted);
        Assert.False(await gate.EnterDatagramsAsync(default)); // five seconds
        Assert.False(flow.IsCompleted);
        gate.Leave(place: GatePlace.Datagrams);
        await flow;
        Assert.Equal((1, 0L), (gate.Counts.Live, gate.Counts.Beyond));
    }

    [Fact]
    public void A_node_that_refuses_to_share_is_asked_again_after_a_while_and_has_all_places_until_then()
    {
        var gate = new AddressGate(new EndpointPlan());
        gate.RefuseSharing(TimeSpan.FromSeconds(60), default);
        Assert.False(gate.TryEnterCarrier());
        for (var i = 0; i < 11; i++) // the twelfth is for datagrams
            Assert.True(gate.TryEnter(default));
        Assert.False(gate.TryEnter(default));
        Assert.True(gate.Counts.IsFull);
        gate.Leave();
        gate.Leave();
        Assert.False(gate.TryEnter(default(Instant) + TimeSpan.FromSeconds(60)));
        Assert.True(gate.TryEnterCarrier());
    }

    [Fact]
    public async Task Who_is_called_away_while_he_waits_takes_nobodys_turn()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 1, Handshakes = 1 });
        await gate.EnterAsync(default, default);
        await gate.BeginHandshakeAsync(default);
        using var closing = new CancellationTokenSource();
        var entering = gate.EnterAsync(default, closing.Token).AsTask();
        var shaking = gate.BeginHandshakeAsync(closing.Token).AsTask();
        await closing.CancelAsync();
        foreach (var waiting in (Task[])[entering, shaking])
        {
            var exception = await Assert.ThrowsAsync<ConnectionException>(() => waiting);
            Assert.Equal(ConnectionFault.Closed, exception.Fault);
        }

        gate.EndHandshake(null);
        gate.Leave();
        Assert.Equal((0, 0), (gate.Counts.Live, gate.Counts.Dialling));
    }

    [Fact]
    public async Task Without_a_limit_nobody_waits_for_connections()
    {
        var gate = new AddressGate(new EndpointPlan { Connections = 0 });
        for (var i = 0; i < 100; i++)
            await gate.EnterAsync(default, default);
        Assert.Equal((100, 0L), (gate.Counts.Live, gate.Counts.Waited));
    }
}
