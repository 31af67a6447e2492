using System.Net;
using Karez.Net.Loops;
using Karez.Net.Outbounds;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Net.Relay;

/// <summary>A UDP session: a socket of the exit, open to answers from anywhere.</summary>
internal sealed class DatagramSession(MuxFlow flow, ushort number, ulong globalId)
    : MuxSession(flow, number), IDatagramSink
{
    private readonly DirectDatagrams _exit = new(flow.Loop, flow.Terms.Exit);
    private readonly List<(Destination To, byte[] Payload)> _early = [];
    private readonly OutboxShare _share = new();
    private DatagramConnection? _socket;
    private bool _isOver;

    protected override TimeSpan Idle => Flow.Terms.Datagrams.Idle;

    public override void Take(in Destination destination, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || _isOver || Flow.Terms.UpRate?.TryBook(data.Length, Loop.Now) == false)
            return;
        Moved(data.Length, 0);
        if (_socket is not null)
            _exit.Send(_socket, destination, data);
        else if (_early.Count < MaxEarly)
            _early.Add((destination, data.ToArray()));
    }

    public override void Finish()
    {
        _isOver = true;
        _socket?.Abort(ConnectionFault.Closed);
    }

    void IDatagramSink.Take(IPEndPoint source, ReadOnlySpan<byte> payload)
    {
        if (_isOver || payload.Length is 0 or > MuxWire.MaxDatagram || !_exit.MayComeFrom(source)
            || !Destination.TryFromAddress(source.Address, source.Port, out var from)
            || Flow.Terms.DownRate?.TryBook(payload.Length, Loop.Now) == false
            || !Flow.TryWriteData(Number, _share, from, payload))
            return;
        Moved(0, payload.Length);
    }

    void IDatagramSink.Flush() => Flow.Frames.Flush();

    protected override async Task RunAsync()
    {
        KeptSocket kept;
        long lease;
        try
        {
            (kept, lease) = await Flow.Terms.Sockets.OpenAsync(Loop, Flow.Terms.User, globalId);
        }
        catch (Exception exception) when (exception is ConnectionException or ListenException)
        {
            _isOver = true;
            await Flow.EndAsync(this, withError: true);
            return;
        }

        // Another stream may take the socket over: kept.Socket is then that stream's, this one is ours and closed.
        var socket = _socket = kept.Socket;
        foreach (var (to, payload) in _early)
            _exit.Send(socket, to, payload);
        _early.Clear();
        if (!_isOver)
            await DatagramPump.RunAsync(socket, this);
        _isOver = true;
        Flow.Terms.Sockets.Return(kept, lease, Flow.Terms.MayKeep());
        await Flow.EndAsync(this, withError: false);
    }

    private const int MaxEarly = 16;
}
