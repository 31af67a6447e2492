using System.Threading.Tasks.Sources;

namespace Karez.Net.Loops;

/// <summary>
/// The awaiter of one pending operation, kept by its owner and used again for the next one. It resumes the awaiting
/// flow inline, on the loop's thread.
/// </summary>
internal abstract class Operation(EventLoop loop) : LoopWork, IValueTaskSource<int>, IValueTaskSource
{
    private Action<object?>? _continuation;
    private object? _state;
    private Phase _phase;
    private short _version;
    private int _result;
    private ConnectionFault _fault;
    private int _errno;

    private enum Phase : byte
    {
        Idle,
        Pending,
        Completed,
    }

    internal bool IsPending => _phase == Phase.Pending;

    internal bool IsIdle => _phase == Phase.Idle;

    protected EventLoop Loop { get; } = loop;

    /// <summary>Tries again, on a later turn; called while pending.</summary>
    protected abstract void Retry();

    internal void Begin()
    {
        if (_phase != Phase.Idle)
            throw new InvalidOperationException("Another operation of this direction has not been awaited to its end.");
        _phase = Phase.Pending;
    }

    internal ValueTask<int> AsCount() => new(this, _version);

    internal ValueTask AsDone() => new(this, _version);

    /// <summary>Completes and resumes the flow at once.</summary>
    internal void Complete(int result)
    {
        _result = result;
        _phase = Phase.Completed;
        Resume();
    }

    /// <summary>Completes with a fault and resumes the flow at once.</summary>
    internal void Fail(ConnectionFault fault, int errno)
    {
        SetFault(fault, errno);
        Resume();
    }

    /// <summary>Completes with a fault; the flow is resumed on the next turn.</summary>
    internal void FailLater(ConnectionFault fault)
    {
        SetFault(fault, 0);
        Loop.Defer(this);
    }

    internal sealed override void Run()
    {
        if (_phase == Phase.Pending) Retry();
        else Resume();
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => Status(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => Status(token);

    int IValueTaskSource<int>.GetResult(short token) => Result(token);

    void IValueTaskSource.GetResult(short token) => Result(token);

    // The flags ask for the scheduling context and for the execution context. The first is this very loop, as
    // operations are started and awaited on it; the async builders restore the second by themselves.
    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Continue(continuation, state, token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Continue(continuation, state, token);

    private void SetFault(ConnectionFault fault, int errno)
    {
        _fault = fault;
        _errno = errno;
        _phase = Phase.Completed;
    }

    private void Resume()
    {
        if (_continuation is not { } continuation) return;
        var state = _state;
        _continuation = null;
        _state = null;
        continuation(state);
    }

    private ValueTaskSourceStatus Status(short token)
    {
        CheckToken(token);
        if (_phase != Phase.Completed) return ValueTaskSourceStatus.Pending;
        return _fault == ConnectionFault.None ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;
    }

    private int Result(short token)
    {
        CheckToken(token);
        if (_phase != Phase.Completed) throw new InvalidOperationException("The operation is still pending.");
        var (result, fault, errno) = (_result, _fault, _errno);
        _phase = Phase.Idle;
        _fault = ConnectionFault.None;
        _errno = 0;
        _version++;
        Release();
        return fault == ConnectionFault.None ? result : throw new ConnectionException(fault, errno);
    }

    /// <summary>The result was taken; the object may be used again.</summary>
    protected virtual void Release()
    {
    }

    private void Continue(Action<object?> continuation, object? state, short token)
    {
        CheckToken(token);
        Loop.CheckThread();
        if (_continuation is not null) throw new InvalidOperationException("The operation is awaited twice.");
        _continuation = continuation;
        _state = state;
        if (_phase == Phase.Completed) Loop.Defer(this);
    }

    private void CheckToken(short token)
    {
        if (token != _version) throw new InvalidOperationException("The operation was awaited already.");
    }
}
