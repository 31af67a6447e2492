using System.Net;
using Karez.Net.Loops;
using Karez.Sys;
using Karez.Wire;

namespace Karez.Net.Outbounds;

/// <summary>One dialling of several end points (RFC 8305 section 5), on one loop.</summary>
internal sealed class DirectRace(
    EventLoop loop, IReadOnlyList<IPEndPoint> endPoints, Instant deadline, DirectOptions options, uint person)
{
    private readonly List<Connection> _connecting = [];
    private readonly HashSet<ConnectionFault> _faults = [];
    private TaskCompletionSource? _news;
    private Connection? _winner;
    private int _running;
    private bool _isHostAway;
    private bool _over;

    internal async ValueTask<DialResult> RunAsync()
    {
        using var timer = new LoopTimer(loop, Tell);
        for (var next = 0; _winner is null && loop.Now < deadline && (next < endPoints.Count || _running > 0);)
        {
            // An attempt that fails at once brings news before anybody waits for it.
            _news = new TaskCompletionSource();
            var before = _running;
            if (next < endPoints.Count)
            {
                _running++;
                loop.Start(AttemptAsync, endPoints[next++]);
                before++;
            }

            if (_running < before || _winner is not null) continue;
            var wake = next < endPoints.Count ? Earlier(loop.Now + options.Stagger, deadline) : deadline;
            timer.SetAt(wake);
            await _news.Task;
        }

        _over = true;
        foreach (var loser in _connecting) loser.Abort(ConnectionFault.Aborted);
        return _winner is null ? new DialResult(Outcome(), null) : new DialResult(DialOutcome.Connected, _winner);
    }

    private async ValueTask AttemptAsync(IPEndPoint endPoint)
    {
        Connection? connecting = null;
        try
        {
            var connection = await ConnectAsync(endPoint, begun => _connecting.Add(connecting = begun));
            if (_over || _winner is not null) connection.Dispose();
            else _winner = connection;
        }
        catch (ConnectionException exception)
        {
            _faults.Add(exception.Fault);
            _isHostAway |= exception.Errno is Sys.Errno.HostUnreachable or Sys.Errno.HostDown;
        }
        finally
        {
            if (connecting is not null) _connecting.Remove(connecting);
            _running--;
            Tell();
        }
    }

    /// <summary>From the person's source address; from the others when no port of it is left for this peer.</summary>
    private async ValueTask<Connection> ConnectAsync(IPEndPoint endPoint, Action<Connection> begun)
    {
        var sources = options.Sources.Where(s => s.AddressFamily == endPoint.AddressFamily).ToArray();
        for (var i = 0; ; i++)
        {
            var how = sources.Length == 0
                ? options.Connect
                : options.Connect with { Source = sources[(person + i) % sources.Length] };
            try
            {
                return await Connection.ConnectAsync(loop, endPoint, deadline - loop.Now, how, begun);
            }
            catch (ConnectionException exception)
                when (exception.Errno == Errno.AddressNotAvailable && i + 1 < sources.Length)
            {
                // The next one.
            }
        }
    }

    private void Tell() => _news?.TrySetResult();

    /// <summary>
    /// A refusal says most about the destination; a missing route often only that this node has no IPv6.
    /// </summary>
    private DialOutcome Outcome()
    {
        if (_faults.Contains(ConnectionFault.Refused)) return DialOutcome.Refused;
        return _running > 0 || _faults.Contains(ConnectionFault.TimedOut)
            ? DialOutcome.TimedOut
            : _isHostAway ? DialOutcome.HostUnreachable : DialOutcome.Unreachable;
    }

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;
}
