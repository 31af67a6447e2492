using Karez.Sys;

namespace Karez.Net.Loops;

/// <content>Moving octets by way of a pipe, without seeing them.</content>
public sealed partial class Connection
{
    /// <summary>
    /// False once the peer sent urgent data: splice(2) stops before the mark for ever, where recv(2) goes past it.
    /// </summary>
    internal bool MaySplice => !_sawUrgent;

    /// <summary>
    /// Moves what is there into the pipe, at most <paramref name="limit"/> octets. False when nothing was moved: the
    /// socket is drained (wait), the pipe is full (empty it), or the turn's share is used up. A
    /// <paramref name="count"/> of 0 with true: the peer has finished.
    /// </summary>
    /// <exception cref="ConnectionException">The connection is over in another way.</exception>
    internal bool TrySpliceInto(Pipe pipe, int limit, out int count)
    {
        _loop.CheckThread();
        if (_reader.IsPending) throw new InvalidOperationException("A reader is waiting.");
        if (_fault != ConnectionFault.None) throw new ConnectionException(_fault, _errno);
        count = 0;
        if (!_readable || !MayReadNow()) return false;
        var result = Pipes.Splice(_descriptor, pipe.WriteEnd, limit, moreFollows: false);
        if (result > 0)
        {
            pipe.Held += result;
            count = result;
            NoteRead(result);
            return true;
        }

        if (result == -Errno.Again)
        {
            // A full pipe says the same: only an empty one proves that it is the socket that has nothing.
            if (pipe.Held == 0) _readable = false;
            return false;
        }

        if (NoteReadEnd(-result) == 0) return true;
        throw new ConnectionException(_fault, _errno);
    }

    /// <summary>
    /// Moves what the pipe holds to the peer, as far as the kernel takes it; true when the pipe is empty. Otherwise
    /// wait until writing is possible.
    /// </summary>
    /// <exception cref="ConnectionException">The connection is over.</exception>
    internal bool TrySpliceOutOf(Pipe pipe)
    {
        _loop.CheckThread();
        if (_writer.IsPending) throw new InvalidOperationException("A writer is waiting.");
        if (IsWriteOver) throw WriteException();
        while (pipe.Held > 0)
        {
            if (!_writable) return false;
            var result = Pipes.Splice(pipe.ReadEnd, _descriptor, pipe.Held, moreFollows: false);
            if (result > 0)
            {
                pipe.Held -= result;
                BytesWritten += result;
                continue;
            }

            if (result == -Errno.Again)
            {
                // The pipe is not empty, so here it can only be the socket.
                _writable = false;
                return false;
            }

            NoteWriteEnd(-result);
            throw WriteException();
        }

        return true;
    }
}
