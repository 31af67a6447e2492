using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Mux;

namespace Karez.Net.Relay;

/// <summary>
/// A TCP session: a connection of the exit. Its end, from either side, is the end of both directions.
/// </summary>
internal sealed class StreamSession(MuxFlow flow, ushort number, Destination destination)
    : MuxSession(flow, number)
{
    private readonly Queue<byte[]> _waiting = new();
    private readonly LoopSignal _news = new();
    private readonly LoopSignal _room = new();
    private Connection? _remote;
    private int _waitingOctets;
    private bool _isFinished;
    private bool _isAborted;

    protected override TimeSpan Idle => Flow.Terms.Streams.Idle;

    public override void Take(in Destination destination, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty || _isFinished)
            return;
        Moved(data.Length, 0);
        _waiting.Enqueue(data.ToArray());
        _waitingOctets += data.Length;
        _news.Tell();
    }

    public override async ValueTask WaitForRoomAsync()
    {
        // The whole stream waits meanwhile: a destination that takes nothing at all must not hold it for ever.
        var stalled = new LoopTimer(Loop, Abort);
        using (stalled)
        {
            while (_waitingOctets > MaxWaiting && !_isAborted)
            {
                stalled.Set(s_stallPatience);
                await _room.WaitAsync();
            }
        }
    }

    public override void Finish()
    {
        _isFinished = true;
        _news.Tell();
    }

    public override void Abort()
    {
        _isAborted = true;
        Finish();
        _remote?.Abort(ConnectionFault.Aborted);
        _room.Tell();
    }

    protected override async Task RunAsync()
    {
        var result = await Flow.Terms.Exit.DialAsync(Loop, destination, Flow.Terms.User);
        if (result.Connection is { } remote)
        {
            using (remote)
            {
                _remote = remote;
                if (_isAborted)
                    remote.Abort(ConnectionFault.Aborted);
                var down = ReceiveAsync(remote);
                await SendAsync(remote);
                remote.Abort(ConnectionFault.Closed);
                await down;
            }
        }

        Abort();
        await Flow.EndAsync(this, withError: !result.IsConnected);
    }

    /// <summary>Until the client has finished and everything is sent, or the remote side ended.</summary>
    private async Task SendAsync(Connection remote)
    {
        try
        {
            while (true)
            {
                while (_waiting.TryDequeue(out var chunk))
                {
                    await remote.WriteAsync(chunk);
                    await Pacing.BookAsync(Flow.Terms.UpRate, remote, chunk.Length);
                    _waitingOctets -= chunk.Length;
                    _room.Tell();
                }

                if (_isFinished)
                {
                    remote.ShutdownWrite();
                    return;
                }

                await _news.WaitAsync();
            }
        }
        catch (ConnectionException)
        {
            // The other direction sees it, too.
        }
    }

    private async Task ReceiveAsync(Connection remote)
    {
        try
        {
            while (true)
            {
                await remote.WaitReadableAsync();
                await Flow.Frames.WaitForRoomAsync(MuxWire.MaxHeader + MuxWire.MaxData);
                if (!Flow.TryReadInto(Number, remote, out var count))
                    continue;
                if (count == 0)
                    break;
                Moved(0, count);
                Flow.Frames.Flush();
                await Pacing.BookAsync(Flow.Terms.DownRate, remote, count);
            }
        }
        catch (ConnectionException)
        {
            // Of the remote side, or of the tunnel.
        }

        Finish();
    }

    private static readonly TimeSpan s_stallPatience = TimeSpan.FromSeconds(10);

    private const int MaxWaiting = 256 * 1024;
}
