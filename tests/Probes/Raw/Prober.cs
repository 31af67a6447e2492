using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Probes.Compare;
using Karez.Probes.Script;

namespace Karez.Probes.Raw;

/// <summary>Does what a probe says on one bare TCP connection and writes down what comes back.</summary>
public sealed class Prober : IDisposable
{
    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private readonly ProbeContext _context;
    private readonly List<byte> _received = [];
    private readonly List<byte> _sent = [];
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _notReading;
    private long _start;
    private long _firstOctet;
    private long _closed;
    private Ending _ending = Ending.StillOpen;
    private bool _halfClosed;
    private string? _broken;

    private Prober(ProbeContext context) => _context = context;

    /// <summary>Runs the probe's steps against an endpoint.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="probe">What.</param>
    /// <param name="context">Names and captured octets.</param>
    /// <param name="timing">True to stop as soon as what is timed has happened.</param>
    /// <param name="cancellationToken">Stops the whole run.</param>
    public static async Task<Observation> RunAsync(
        IPEndPoint endpoint, Probe probe, ProbeContext context, bool timing, CancellationToken cancellationToken)
    {
        using var prober = new Prober(context);
        return await prober.RunAsync(endpoint, probe, timing, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<Observation> RunAsync(
        IPEndPoint endpoint, Probe probe, bool timing, CancellationToken cancellationToken)
    {
        if (probe.Steps.OfType<WindowStep>().FirstOrDefault() is { } window)
            _socket.ReceiveBufferSize = window.Octets;
        if (probe.Steps.OfType<StopReadingStep>().Any())
            _notReading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _socket.ConnectAsync(endpoint, cancellationToken);
        _start = Stopwatch.GetTimestamp();
        var receiving = ReceiveAsync();
        if (timing)
            await TimeAsync(probe, cancellationToken);
        else
            await PlayAsync(probe, cancellationToken);
        return await ConcludeAsync(receiving);
    }

    private async Task PlayAsync(Probe probe, CancellationToken cancellationToken)
    {
        foreach (var step in probe.Steps)
        {
            if (_ending is Ending.Reset or Ending.Own)
                break;
            await PlayAsync(step, cancellationToken);
        }

        if (_ending == Ending.Fin && !_halfClosed)
            await PokeAsync(cancellationToken);
    }

    private async Task TimeAsync(Probe probe, CancellationToken cancellationToken)
    {
        foreach (var step in probe.Steps.Where(s => s is SendStep or UrgentStep or HalfCloseStep))
            await PlayAsync(step, cancellationToken);
        var event_ = probe.Timed == Timed.Close ? _ended.Task : _answered.Task;
        await Task.WhenAny(event_, Task.Delay(Longest, cancellationToken));
    }

    private async Task PlayAsync(ProbeStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SendStep send:
                await SendAsync(send, cancellationToken);
                break;
            case UrgentStep urgent:
                await WriteAsync(urgent.Payload.ToOctets(_context), SocketFlags.OutOfBand, cancellationToken);
                break;
            case WaitStep wait:
                await Task.Delay(wait.Milliseconds, cancellationToken);
                break;
            case AwaitStep await_:
                await Task.WhenAny(_answered.Task, _ended.Task, Task.Delay(await_.Milliseconds, cancellationToken));
                break;
            case ObserveStep observe:
                await Task.WhenAny(_ended.Task, Task.Delay(observe.Milliseconds, cancellationToken));
                break;
            case ExpectNothingStep expect:
                await ExpectNothingAsync(expect.Milliseconds, cancellationToken);
                break;
            case HalfCloseStep:
                HalfClose();
                break;
            case ResetStep:
                if (_ending == Ending.StillOpen)
                    _ending = Ending.Own;
                TcpState.Reset(_socket);
                break;
            case ReadStep:
                _notReading?.TrySetResult();
                break;
            case WindowStep or StopReadingStep:
                break;
            default:
                throw new UnreachableException();
        }
    }

    private async Task ExpectNothingAsync(int milliseconds, CancellationToken cancellationToken)
    {
        int before;
        lock (_received)
            before = _received.Count;
        await Task.Delay(milliseconds, cancellationToken);
        lock (_received)
        {
            if (_received.Count != before || _ending != Ending.StillOpen)
                _broken = $"expected nothing, got {_received.Count - before} octets and {_ending}";
        }
    }

    private async Task SendAsync(SendStep send, CancellationToken cancellationToken)
    {
        var octets = send.Payload.ToOctets(_context);
        var pieces = send.Octets > 0 ? (octets.Length + send.Octets - 1) / send.Octets : send.Pieces;
        for (var i = 0; i < pieces && i < send.Most && _ending is not (Ending.Reset or Ending.Own); i++)
        {
            var (from, to) = send.Octets > 0
                ? (i * send.Octets, Math.Min(octets.Length, (i + 1) * send.Octets))
                : ((int)((long)octets.Length * i / pieces), (int)((long)octets.Length * (i + 1) / pieces));
            await WriteAsync(octets.AsMemory(from..to), SocketFlags.None, cancellationToken);
            if (send.Gap > 0 && i + 1 < pieces)
                await Task.Delay(send.Gap, cancellationToken);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> octets, SocketFlags flags, CancellationToken cancellationToken)
    {
        _sent.AddRange(octets.Span);
        try
        {
            for (var sent = 0; sent < octets.Length;)
                sent += await _socket.SendAsync(octets[sent..], flags, cancellationToken);
        }
        catch (SocketException)
        {
            // the peer is gone; the receiving side says how
        }
    }

    private void HalfClose()
    {
        _halfClosed = true;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // reset before we could
        }
    }

    /// <summary>After a FIN: does the peer still take octets, or is its socket gone?</summary>
    private async Task PokeAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(Poke, SocketFlags.None, cancellationToken);
        for (var waited = 0; waited < PokePatience && _ending == Ending.Fin; waited += PokeStep)
        {
            if (TcpState.IsClosed(_socket))
                _ending = Ending.FinThenReset;
            else
                await Task.Delay(PokeStep, cancellationToken);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 16];
        if (_notReading is not null)
            await _notReading.Task;
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(buffer, SocketFlags.None);
                if (count == 0)
                {
                    End(Ending.Fin);
                    return;
                }

                if (_firstOctet == 0)
                    _firstOctet = Stopwatch.GetTimestamp();
                lock (_received)
                    _received.AddRange(buffer.AsSpan(0, count));
                _answered.TrySetResult();
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            End(Ending.Reset);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _ended.TrySetResult();
        }
    }

    private void End(Ending how)
    {
        _closed = Stopwatch.GetTimestamp();
        if (_ending == Ending.StillOpen)
            _ending = how;
        _ended.TrySetResult();
    }

    private async Task<Observation> ConcludeAsync(Task receiving)
    {
        var ending = _ending;
        TimeSpan? first = _firstOctet == 0 ? null : Stopwatch.GetElapsedTime(_start, _firstOctet);
        TimeSpan? closed = _closed == 0 ? null : Stopwatch.GetElapsedTime(_start, _closed);
        byte[] octets;
        lock (_received)
            octets = [.. _received];
        _notReading?.TrySetResult();
        _socket.Dispose();
        await receiving;
        return new Observation($"{AnswerText.Describe(octets, _sent.ToArray())}\nend: {ending}", first, closed, _broken);
    }

    private static readonly byte[] Poke = [0];
    private const int PokePatience = 300;
    private const int PokeStep = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
}
