using Karez.Camouflage.Reality;
using Karez.Net.Loops;
using Karez.Net.Tunnel;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Server;

/// <summary>
/// What a client gets that holds a valid short id and asks for something that is not its own: what the borrowed site
/// gives to a request that never ends. It is read and dropped, and the site's own patience ends it in its manner.
/// </summary>
/// <remarks>
/// The site's records are replayed without content, at their lengths and moments: whoever cannot open records cannot
/// tell (docs/protocols/reality.md).
/// </remarks>
internal sealed class Silence : IDisposable
{
    // A site that was never seen to end a connection is waited with no longer than this (our choice).
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    // Who has heard FIN and does not answer; nginx's lingering_time.
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(30);

    private readonly Tunnel _tunnel;
    private readonly TargetPatience _patience;
    private readonly Instant _asked;
    private readonly Instant _handshake;
    private readonly LoopTimer _timer;
    private int _next;
    private bool _isEnding;

    /// <summary>Begins to be the site, beside whoever reads the tunnel; nobody else may write to it.</summary>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="patience">What the site does.</param>
    /// <param name="handshake">When the handshake ended.</param>
    public Silence(Tunnel tunnel, TargetPatience patience, Instant handshake)
    {
        (_tunnel, _patience) = (tunnel, patience);
        (_asked, _handshake) = (tunnel.Connection.Loop.Now, handshake);
        _timer = new LoopTimer(tunnel.Connection.Loop, Step);
        Step();
    }

    /// <summary>Reads and drops until the client leaves or the site would end it.</summary>
    /// <exception cref="ConnectionException">It was ended; the tunnel is to be disposed.</exception>
    /// <exception cref="TunnelException">The client broke TLS.</exception>
    public static async ValueTask KeepAsync(Tunnel tunnel, TargetPatience patience, Instant handshake)
    {
        using var silence = new Silence(tunnel, patience, handshake);
        while (!(await tunnel.ReceiveAsync()).IsEmpty)
        {
        }
    }

    /// <summary>Stops being the site.</summary>
    public void Dispose() => _timer.Dispose();

    private void Step()
    {
        var connection = _tunnel.Connection;
        if (_isEnding)
        {
            connection.Abort(ConnectionFault.TimedOut);
            return;
        }

        try
        {
            for (; _next < _patience.Writes.Count; _next++)
            {
                var due = At(_patience.Writes[_next].After);
                if (due > connection.Loop.Now)
                {
                    _timer.SetAt(due);
                    return;
                }

                Send(_patience.Writes[_next].Records);
            }

            var end = At(_patience.End == TargetEnd.Open ? s_longest : _patience.Until);
            if (end > connection.Loop.Now)
                _timer.SetAt(end);
            else
                End();
        }
        catch (ConnectionException)
        {
            // The client is gone; whoever reads finds out.
        }
    }

    private Instant At(TimeSpan after) => (after < TargetPatience.Early ? _asked : _handshake) + after;

    private void Send(IReadOnlyList<int> records)
    {
        var octets = new byte[records.Sum()];
        var length = 0;
        foreach (var record in records)
            length += _tunnel.Session.Seal(octets, length + RecordSealer.Headroom, 0, record);

        // Half a record would be a fault of TLS: a client that lets nothing in is one that went away.
        if (!_tunnel.Connection.TryWrite(octets, out var count) || count < length)
            _tunnel.Connection.Abort(ConnectionFault.TimedOut);
    }

    private void End()
    {
        _isEnding = true;
        switch (_patience.End)
        {
            case TargetEnd.Finished:
                _tunnel.Connection.ShutdownWrite();
                _timer.Set(s_linger);
                break;
            case TargetEnd.Reset:
                _tunnel.Connection.Reset();
                break;
            default:
                // Whoever reads gives up and closes the socket: FIN, and RST to what comes afterwards.
                _tunnel.Connection.Abort(ConnectionFault.TimedOut);
                break;
        }
    }
}
