using System.Text;
using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Tls;
using Karez.Tls.Records;

namespace Karez.Server.Targets;

/// <content>A visitor who asks nothing, or never finishes asking.</content>
internal sealed partial class TargetCall
{
    // Longer than a server takes from the handshake's end to its first records.
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);

    // How long RST may take to come back for an octet that a closed socket gets.
    private static readonly TimeSpan s_echo = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The connection preface, SETTINGS and WINDOW_UPDATE, as Chromium sends them (docs/protocols/browser.md).
    /// </summary>
    private static readonly byte[] s_preface =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
        0, 0, 24, 4, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 96, 0, 0, 0, 6, 0, 4, 0, 0,
        0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 239, 0, 1,
    ];

    /// <summary>Waits, after the handshake, until the target has had enough.</summary>
    /// <param name="name">Begins a request for this name; null asks nothing.</param>
    /// <param name="unasked">Records to leave out at the beginning: those that everyone is sent.</param>
    /// <param name="longest">How long to wait.</param>
    public async ValueTask<TargetPatience> WaitOutAsync(string? name, int unasked, TimeSpan longest)
    {
        var since = connection.Loop.Now;
        using var session = _tls.TakeSession();
        if (CameWithFlight())
            TakeRecords(int.MaxValue, out _);
        // A moment later, so that what answers the request is not in one record with what everyone is sent.
        await connection.Loop.DelayAsync(s_moment);
        if (name is not null)
            await AskAsync(session, name);
        var asked = connection.Loop.Now;
        var writes = new List<PatientWrite>();
        var end = TargetEnd.Open;
        using (var limit = new LoopTimer(connection.Loop, () => connection.Abort(ConnectionFault.TimedOut)))
        {
            limit.SetAt(since + longest);
            try
            {
                while (writes.Count < LearntPatience.MaxWrites)
                {
                    var after = connection.Loop.Now - asked;
                    var isEarly = after < TargetPatience.Early;
                    var records = TakeRecords(isEarly ? unasked : 0, out var left);
                    unasked -= left;
                    if (records.Count > 0)
                        writes.Add(new PatientWrite(isEarly ? after : connection.Loop.Now - since, records));
                    if (!await HearMoreAsync())
                    {
                        end = TargetEnd.Finished;
                        break;
                    }
                }
            }
            catch (ConnectionException exception) when (exception.Fault == ConnectionFault.Reset)
            {
                end = TargetEnd.Reset;
            }
            catch (ConnectionException exception) when (exception.Fault == ConnectionFault.TimedOut)
            {
                // Not within the time.
            }
        }

        var until = connection.Loop.Now - since;
        return new TargetPatience(
            writes, until, end == TargetEnd.Finished && await IsClosedAsync(session) ? TargetEnd.Closed : end);
    }

    /// <summary>Takes the whole records that are there; leaves out the first so many.</summary>
    private List<int> TakeRecords(int leaveOut, out int left)
    {
        left = 0;
        var records = new List<int>();
        while (_end - _start >= RecordSealer.Headroom)
        {
            var header = _input.AsSpan(_start);
            var total = RecordSealer.Headroom + ((header[3] << 8) | header[4]);
            if (total > RecordOpener.MaxRecord)
                throw new ConnectionException("The target sends no TLS records.");
            if (_end - _start < total)
                break;
            _start += total;
            if (left < leaveOut)
                left++;
            else
                records.Add(total);
        }

        _input.AsSpan(_start.._end).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        return records;
    }

    private async ValueTask<bool> HearMoreAsync()
    {
        var count = await connection.ReadAsync(_input.AsMemory(_end));
        _end += count;
        return count > 0;
    }

    private async ValueTask AskAsync(TlsSession session, string name)
    {
        var record = new byte[RecordOpener.MaxRecord];
        await connection.WriteAsync(record.AsMemory(0, Ask(session, name, record)));
    }

    /// <summary>Seals what begins a request and never ends it, by the protocol that was chosen.</summary>
    private static int Ask(TlsSession session, string name, Span<byte> room)
    {
        var request = session.Alpn == "h2"
            ? s_preface
            : Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: keep-alive\r\n");
        request.CopyTo(room[RecordSealer.Headroom..]);
        return session.Seal(room, RecordSealer.Headroom, request.Length);
    }

    /// <summary>After FIN: whether what is sent now is still taken, or answered with RST.</summary>
    private async ValueTask<bool> IsClosedAsync(TlsSession session)
    {
        try
        {
            var farewell = new byte[TlsSession.AlertRecordLength];
            await connection.WriteAsync(farewell.AsMemory(0, session.SealCloseNotify(farewell)));
            var until = connection.Loop.Now + s_echo;
            while (connection.PeerEnd != ConnectionEnd.Reset && connection.Loop.Now < until)
                await connection.Loop.DelayAsync(s_look);
            return connection.PeerEnd == ConnectionEnd.Reset;
        }
        catch (ConnectionException)
        {
            return true; // a Unix socket says so at once
        }
    }
}
