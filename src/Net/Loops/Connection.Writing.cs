using System.Runtime.CompilerServices;
using Karez.Sys;

namespace Karez.Net.Loops;

/// <content>Writing.</content>
public sealed partial class Connection
{
    private bool _writable;
    private ConnectionFault _writeFault;
    private int _writeErrno;
    private long _writeTurn;
    private int _writesInTurn;

    /// <summary>Writes the whole of <paramref name="buffer"/>.</summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer)
    {
        _loop.CheckThread();
        if (_writable && !IsWriteOver && _writer.IsIdle && MayWriteNow())
        {
            var sent = SendAll(buffer.Span);
            if (sent == buffer.Length) return default;
            if (sent < 0) return ValueTask.FromException(WriteException());
            buffer = buffer[sent..];
        }
        else if (buffer.IsEmpty && !IsWriteOver)
        {
            return default;
        }

        _writer.Start(buffer);
        return _writer.AsDone();
    }

    /// <summary>Writes several buffers whole and in order, at best in one call.</summary>
    /// <param name="buffers">The first <paramref name="count"/> of these.</param>
    /// <param name="count">At most 16.</param>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    public ValueTask WriteManyAsync(ReadOnlyMemory<byte>[] buffers, int count)
    {
        ArgumentNullException.ThrowIfNull(buffers);
        _loop.CheckThread();
        if (count == 1) return WriteAsync(buffers[0]);
        var sent = 0;
        if (_writable && !IsWriteOver && _writer.IsIdle && MayWriteNow())
        {
            sent = Sockets.SendMany(_descriptor, buffers.AsSpan(0, count));
            if (sent == -Errno.Again) (_writable, sent) = (false, 0);
            if (sent < 0)
            {
                NoteWriteEnd(-sent);
                return ValueTask.FromException(WriteException());
            }

            BytesWritten += sent;
        }

        for (var i = 0; i < count; i++)
        {
            if (sent < buffers[i].Length) return WriteRestAsync(buffers, i, count, sent);
            sent -= buffers[i].Length;
        }

        return default;
    }

    /// <summary>Writes what the kernel takes; false when it takes nothing.</summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    public bool TryWrite(ReadOnlySpan<byte> buffer, out int count)
    {
        _loop.CheckThread();
        if (_writer.IsPending) throw new InvalidOperationException("A writer is waiting.");
        if (IsWriteOver) throw WriteException();
        count = _writable ? SendAll(buffer) : 0;
        if (count < 0) throw WriteException();
        return count > 0 || buffer.IsEmpty;
    }

    /// <summary>Waits until the kernel may take octets again, or there is a fault.</summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    public ValueTask WaitWritableAsync()
    {
        _loop.CheckThread();
        if (_writable && !IsWriteOver && _writer.IsIdle && MayWriteNow()) return default;
        _writer.Start(default);
        return _writer.AsDone();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte>[] buffers, int from, int count, int sent)
    {
        for (; from < count; from++, sent = 0)
            await WriteAsync(buffers[from][sent..]);
    }

    /// <summary>The descriptor gave EAGAIN to somebody who wrote it directly: wait for the next edge.</summary>
    internal void NoteFull() => _writable = false;

    private bool IsWriteOver =>
        _fault != ConnectionFault.None || _writeFault != ConnectionFault.None || _writeShut;

    private ConnectionException WriteException()
    {
        var (fault, errno) = WriteFault();
        return new ConnectionException(fault, errno);
    }

    private (ConnectionFault Fault, int Errno) WriteFault()
    {
        if (_writeFault != ConnectionFault.None) return (_writeFault, _writeErrno);
        return _fault != ConnectionFault.None ? (_fault, _errno) : (ConnectionFault.Closed, 0);
    }

    private bool MayWriteNow()
    {
        if (_writeTurn != _loop.Turn) (_writeTurn, _writesInTurn) = (_loop.Turn, 0);
        return ++_writesInTurn <= TurnShare;
    }

    /// <summary>Sends until all is taken or the kernel is full: octets taken, or -1 with the fault noted.</summary>
    private int SendAll(ReadOnlySpan<byte> buffer)
    {
        var sent = 0;
        while (sent < buffer.Length)
        {
            var result = Sockets.Send(_descriptor, buffer[sent..]);
            if (result >= 0)
            {
                sent += result;
                BytesWritten += result;
                continue;
            }

            if (result == -Errno.Again)
            {
                _writable = false;
                break;
            }

            NoteWriteEnd(-result);
            return -1;
        }

        return sent;
    }

    private void NoteWriteEnd(int errno)
    {
        // What arrived before may still be read, so only this direction is over.
        (_writeFault, _writeErrno) = (ConnectionException.FaultOf(errno), errno);
        if (_writeFault != ConnectionFault.Reset) return;
        PeerEnd = ConnectionEnd.Reset;
        _sawEnd = true;
        _readable = true;
        if (_reader.IsPending) _loop.Defer(_reader);
    }

    private sealed class WriteOperation(Connection connection) : Operation(connection._loop)
    {
        private ReadOnlyMemory<byte> _rest;

        internal void Start(ReadOnlyMemory<byte> rest)
        {
            Begin();
            _rest = rest;
            if (connection.IsWriteOver) FailLater(connection.WriteFault().Fault);
            else if (connection._writable) Loop.Defer(this);
        }

        internal void Attempt()
        {
            var sent = connection.SendAll(_rest.Span);
            if (sent < 0)
            {
                var (fault, errno) = connection.WriteFault();
                Fail(fault, errno);
                return;
            }

            _rest = _rest[sent..];
            if (_rest.IsEmpty) Complete(0);
        }

        protected override void Retry()
        {
            if (connection._writable) Attempt();
        }

        protected override void Release() => _rest = default;
    }
}
