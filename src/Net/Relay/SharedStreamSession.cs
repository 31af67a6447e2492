using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Mux;
using Karez.Proxy.Vless;

namespace Karez.Net.Relay;

/// <summary>At a node: a TCP session of a client that agreed to windows; a connection of the exit.</summary>
internal sealed class SharedStreamSession : MuxSession
{
    private readonly Destination _destination;
    private readonly SharedFlow _shared;
    private bool _isKnown;

    public SharedStreamSession(MuxFlow flow, ushort number, Destination destination, IMuxSpeaker speaker)
        : base(flow, number)
    {
        _destination = destination;
        _shared = new SharedFlow(flow.Frames, speaker, number, flow.Budget, new SharedTerms
        {
            Moved = Moved,
            OutOfRate = flow.Terms.UpRate,
            IntoRate = flow.Terms.DownRate,
        });
    }

    protected override TimeSpan Idle =>
        _shared.IsHalfClosed ? Flow.Terms.Streams.HalfClosed : Flow.Terms.Streams.Idle;

    public override void Take(in Destination destination, ReadOnlySpan<byte> data)
    {
        if (!_shared.Take(data))
            Flow.Abort();
    }

    public override void Hear(MuxWord word, uint value)
    {
        if (!_shared.Hear(word, value))
            Flow.Abort();
    }

    /// <summary>The client ended it: with windows that means that it broke.</summary>
    public override void Finish()
    {
        _isKnown = true;
        _shared.Break(ConnectionFault.Aborted);
    }

    public override void Abort() => _shared.Break(ConnectionFault.TimedOut);

    protected override async Task RunAsync()
    {
        var result = await Flow.Terms.Exit.DialAsync(Loop, _destination, Flow.Terms.User);
        if (result.Connection is { } remote)
        {
            try
            {
                if (!_shared.IsBroken)
                    await _shared.SayAsync(MuxWord.Connected);
                await _shared.RunAsync(remote);
            }
            catch (ConnectionException)
            {
                // The stream is over.
            }

            if (_shared.IsBroken)
                remote.Reset();
            else
                remote.Dispose();
        }

        var code = (byte)0;
        if (!result.IsConnected)
        {
            code = VlessOutcome.CodeOf(result.Failure);
            _shared.Break(ConnectionFault.Closed);
        }

        await _shared.EndAsync(_isKnown, code);
        _shared.Close();
        Flow.Forget(this);
    }
}
