using Karez.Net.Loops;
using Karez.Proxy.Mux;

namespace Karez.Net.Relay;

/// <summary>
/// One TCP session of a stream between our own two ends, either side: frames on one hand, a plain connection on the
/// other, windows between them. For the stream's loop. docs/protocols/mux.md has the rules.
/// </summary>
/// <remarks>
/// <code>
///  frames --- Take ---> [queue, at most the window] ---> plain connection;   credit goes back as octets leave
///  frames &lt;-- outbox --- [nothing is held] &lt;------------ plain connection;   read only as far as there is credit
/// </code>
/// </remarks>
public sealed class SharedFlow
{
    private readonly FrameOutbox _frames;
    private readonly IMuxSpeaker _speaker;
    private readonly MuxWindow _window;
    private readonly SharedTerms _terms;
    private readonly OctetQueue _queue = new();
    private readonly LoopSignal _news = new();
    private readonly LoopSignal _mayRead = new();
    private Connection? _plain;
    private long _credit = MuxWindow.First;
    private uint _owed;
    private bool _isWriting;
    private bool _peerFinished;
    private bool _isBroken;

    /// <summary>Begins to take data; what is taken before <see cref="RunAsync"/> waits.</summary>
    /// <param name="frames">Where frames go.</param>
    /// <param name="speaker">Writes them.</param>
    /// <param name="session">The session's number.</param>
    /// <param name="budget">The stream's.</param>
    /// <param name="terms">The plain side's.</param>
    public SharedFlow(FrameOutbox frames, IMuxSpeaker speaker, ushort session, MuxBudget budget, SharedTerms terms)
    {
        (_frames, _speaker, Session, _terms) = (frames, speaker, session, terms);
        _window = new MuxWindow(budget);
    }

    /// <summary>The session's number.</summary>
    public ushort Session { get; }

    /// <summary>True once one side has finished.</summary>
    public bool IsHalfClosed { get; private set; }

    /// <summary>True when it broke, on whichever side.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Octets that wait for the plain side. For tests.</summary>
    internal int Waiting => _queue.Length;

    /// <summary>Takes data; never waits.</summary>
    /// <returns>False when the peer sent more than it may: the stream is to be ended.</returns>
    public bool Take(ReadOnlySpan<byte> data)
    {
        if (_isBroken || data.IsEmpty)
            return true;
        if (_peerFinished || !_window.TryReceive(data.Length))
            return false;
        _terms.Moved?.Invoke(data.Length, 0);
        var written = 0;
        // Straight to the kernel where nothing waits before it.
        if (_plain is not null && _queue.Length == 0 && !_isWriting && _terms.OutOfRate is null)
        {
            try
            {
                _ = _plain.TryWrite(data, out written);
            }
            catch (ConnectionException exception)
            {
                Break(exception.Fault);
                return true;
            }

            _owed += _window.Consume(written, isDrained: written == data.Length);
        }

        if (written < data.Length)
            _queue.Add(data[written..]);
        if (written < data.Length || _owed > 0)
            _news.Tell();
        return true;
    }

    /// <summary>Takes a word.</summary>
    /// <returns>False when it cannot be: the stream is to be ended.</returns>
    public bool Hear(MuxWord word, uint value)
    {
        if (word == MuxWord.Finished)
        {
            _peerFinished = IsHalfClosed = true;
            _news.Tell();
        }

        if (word != MuxWord.Credit)
            return true;
        _credit += value;
        _mayRead.Tell();
        return _credit <= uint.MaxValue;
    }

    /// <summary>Ends both directions: the session, or the stream, or the plain side's other half broke.</summary>
    public void Break(ConnectionFault fault)
    {
        if (_isBroken)
            return;
        _isBroken = true;
        _plain?.Abort(fault);
        _news.Tell();
        _mayRead.Tell();
    }

    /// <summary>Carries until both directions have ended; never throws for what the network does.</summary>
    /// <param name="plain">The plain side; the caller disposes it.</param>
    public async Task RunAsync(Connection plain)
    {
        _plain = plain;
        if (_isBroken)
            plain.Abort(ConnectionFault.Aborted);
        plain.WhenAborted(() => Break(plain.Fault)); // who waits for credit does not see it
        var into = IntoFramesAsync(plain);
        await OutOfFramesAsync(plain);
        await into;
    }

    /// <summary>
    /// Says how it ended, unless the peer knows: after <see cref="RunAsync"/>, or when there was nothing to run.
    /// </summary>
    /// <param name="isKnown">The peer ended it, or the stream is over.</param>
    /// <param name="code">Why there was nothing to run, or 0.</param>
    public async ValueTask EndAsync(bool isKnown, byte code = 0)
    {
        if (isKnown || !_isBroken)
        {
            _speaker.Forget(Session);
            return;
        }

        try
        {
            await _frames.WriteAsync(
                MuxWire.MaxHeader,
                (Speaker: _speaker, Session, Code: code),
                static (end, room) => end.Speaker.WriteEnd(end.Session, withError: true, room, end.Code));
        }
        catch (ConnectionException)
        {
            // The stream is over as well.
        }
    }

    /// <summary>Says something of the session, once there is room.</summary>
    /// <exception cref="ConnectionException">The stream is over.</exception>
    public ValueTask SayAsync(MuxWord word, uint value = 0) => _frames.WriteAsync(
        MuxWire.MaxHeader,
        (Speaker: _speaker, Session, Word: word, Value: value),
        static (said, room) => said.Speaker.WriteWord(said.Session, said.Word, said.Value, room));

    /// <summary>Lets go of what waits; when everything else is over.</summary>
    public void Close()
    {
        _queue.Clear();
        _window.Close();
    }

    private async Task OutOfFramesAsync(Connection plain)
    {
        try
        {
            while (!_isBroken)
            {
                while (_queue.Length > 0)
                {
                    var front = _queue.Front;
                    _isWriting = true;
                    await plain.WriteAsync(front);
                    _isWriting = false;
                    _queue.Drop(front.Length);
                    _owed += _window.Consume(front.Length, isDrained: _queue.Length == 0);
                    if (_owed > 0)
                        await GiveCreditAsync();
                    await Pacing.BookAsync(_terms.OutOfRate, plain, front.Length);
                }

                if (_owed > 0)
                    await GiveCreditAsync();
                if (_peerFinished && _queue.Length == 0)
                {
                    plain.ShutdownWrite();
                    return;
                }

                if (_queue.Length == 0)
                    await _news.WaitAsync();
            }
        }
        catch (ConnectionException exception)
        {
            Break(exception.Fault);
        }
    }

    private ValueTask GiveCreditAsync()
    {
        var credit = _owed;
        _owed = 0;
        return SayAsync(MuxWord.Credit, credit);
    }

    private async Task IntoFramesAsync(Connection plain)
    {
        try
        {
            while (!_isBroken)
            {
                await plain.WaitReadableAsync();
                while (_credit == 0 && !_isBroken)
                    await _mayRead.WaitAsync();
                await _frames.WaitForRoomAsync(MuxWire.StreamHeader + MuxWire.MaxData);
                var moved = ReadMany(plain, out var isOver);
                _frames.Flush();
                if (isOver)
                    break;
                await Pacing.BookAsync(_terms.IntoRate, plain, moved);
            }

            if (_isBroken)
                return;
            if (_terms.IsBroken?.Invoke() == true)
            {
                Break(ConnectionFault.Reset);
                return;
            }

            IsHalfClosed = true;
            await SayAsync(MuxWord.Finished);
        }
        catch (ConnectionException exception)
        {
            Break(exception.Fault);
        }
    }

    /// <summary>Reads straight into frames, a few in a row, as far as there is credit and room.</summary>
    private int ReadMany(Connection plain, out bool isOver)
    {
        var moved = 0;
        isOver = false;
        for (var i = 0; i < MaxInARow; i++)
        {
            var most = (int)Math.Min(_credit, Math.Min(MuxWire.MaxData, _terms.IntoRate?.Chunk ?? MuxWire.MaxData));
            if (most == 0 || _isBroken || !_frames.TryReserve(MuxWire.StreamHeader + most, out var room)
                || !plain.TryRead(room[MuxWire.StreamHeader..], out var count))
                break;
            isOver = count == 0;
            if (isOver || _speaker.WriteData(Session, default, count, room) != MuxWire.StreamHeader)
                break;
            _frames.Commit(MuxWire.StreamHeader + count);
            _credit -= count;
            moved += count;
            _terms.Moved?.Invoke(0, count);
        }

        return moved;
    }

    // Then another session's turn comes.
    private const int MaxInARow = 4;
}
