using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Karez.Camouflage.Browser;
using Karez.Camouflage.Reality;
using Karez.Probes.Raw;
using Karez.Secure;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Records;

namespace Karez.Probes.Visits;

/// <summary>
/// A visit that shakes hands as a browser does, sends one record or none, and waits for the other side to end it. With
/// a link it is a client of the node's, without one a visitor of the site; the rest is the same.
/// </summary>
internal sealed class PatientVisit : IDisposable
{
    private readonly Socket _socket =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly byte[] _input = new byte[1 << 17];
    private int _start;
    private int _end;

    /// <summary>Records after the handshake: when they came, from its end on, and their total lengths.</summary>
    public List<(TimeSpan After, int Length)> Records { get; } = [];

    /// <summary>How the other side ended it.</summary>
    public Ending Ending { get; private set; } = Ending.StillOpen;

    /// <summary>When; how long was waited if it did not.</summary>
    public TimeSpan Until { get; private set; }

    /// <summary>Visits.</summary>
    /// <param name="door">Where.</param>
    /// <param name="name">The server name.</param>
    /// <param name="alpn">What to ask for.</param>
    /// <param name="link">Makes it a client of the node's.</param>
    /// <param name="request">The one record's content.</param>
    /// <param name="asks">When the record is sent.</param>
    /// <param name="longest">How long to wait for the end.</param>
    public static async Task<PatientVisit> RunAsync(
        IPEndPoint door, string name, AlpnClass alpn, RealityLink? link, byte[] request, Asks asks, TimeSpan longest)
    {
        using var visit = new PatientVisit();
        await visit._socket.ConnectAsync(door);
        using var session = await visit.ShakeHandsAsync(name, alpn, link, asks == Asks.AtOnce ? request : [])
            .WaitAsync(s_patience);
        var since = Stopwatch.GetTimestamp();
        // later than the records that every visitor is sent: what answers the request stands alone
        await Task.Delay(100);
        if (asks == Asks.Later)
            await visit.WriteAsync([], session, request);
        await visit.WatchAsync(session, since, longest);
        return visit;
    }

    /// <summary>Leaves; what was seen stays.</summary>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(' ', Records.Select(r => $"{r.After.TotalSeconds:f2}s:{r.Length}"))
        + $" {Ending} {Until.TotalSeconds:f2}s";

    private async Task<TlsSession> ShakeHandsAsync(string name, AlpnClass alpn, RealityLink? link, byte[] behind)
    {
        var browser = BrowserHello.Build(
            BrowserProfile.Default, new HelloRequest { ServerName = name, Alpn = NamesOf(alpn) }, SystemEntropy.Instance);
        var offer = new ClientOffer
        {
            Hello = browser.Hello,
            KeyShares = browser.KeyShares,
            AcceptEd25519 = link is not null,
        };
        using var reality = link is null ? null : new RealityClient(link);
        Assert.True(reality?.TrySeal(offer, DateTimeOffset.UtcNow.ToUnixTimeSeconds()) ?? true);
        using var tls = new TlsClient(offer, SystemEntropy.Instance);
        var output = new byte[1 << 14];
        while (true)
        {
            var status = tls.Advance(_input.AsSpan(_start.._end), output, default, out var consumed, out var produced);
            _start += consumed;
            if (produced > 0 && status != TlsStatus.Done)
                await _socket.SendAsync(output.AsMemory(0, produced));
            switch (status)
            {
                case TlsStatus.Done:
                    var session = tls.TakeSession();
                    await WriteAsync(output[..produced], session, behind);
                    return session;
                case TlsStatus.NeedDecision:
                    Assert.True(reality?.IsNode(tls.Identity) ?? true, "the node did not let its client in");
                    tls.Accept();
                    break;
                case TlsStatus.NeedInput:
                    var count = await _socket.ReceiveAsync(_input.AsMemory(_end));
                    Assert.NotEqual(0, count);
                    _end += count;
                    break;
                default:
                    Assert.Equal(TlsStatus.NeedOutputSpace, status);
                    break;
            }
        }
    }

    /// <summary>Writes octets and one record, if it has content, in one call.</summary>
    private async Task WriteAsync(byte[] first, TlsSession session, byte[] payload)
    {
        if (payload.Length > 0)
        {
            var record = new byte[RecordSealer.Headroom + payload.Length + RecordSealer.Tailroom];
            payload.CopyTo(record, RecordSealer.Headroom);
            var length = session.Seal(record, RecordSealer.Headroom, payload.Length);
            first = [.. first, .. record[..length]];
        }

        await _socket.SendAsync(first);
    }

    private async Task WatchAsync(TlsSession session, long since, TimeSpan longest)
    {
        using var limit = new CancellationTokenSource(longest);
        try
        {
            while (true)
            {
                Note(Stopwatch.GetElapsedTime(since));
                var count = await _socket.ReceiveAsync(_input.AsMemory(_end), limit.Token);
                Until = Stopwatch.GetElapsedTime(since);
                if (count == 0)
                    break;
                _end += count;
            }

            Ending = Ending.Fin;
            await WriteAsync([], session, [0]);
            await Task.Delay(300, CancellationToken.None);
            if (TcpState.IsClosed(_socket))
                Ending = Ending.FinThenReset;
        }
        catch (OperationCanceledException)
        {
            Until = longest;
        }
        catch (SocketException)
        {
            if (Ending == Ending.Fin)
                Ending = Ending.FinThenReset;
            else
                (Ending, Until) = (Ending.Reset, Stopwatch.GetElapsedTime(since));
        }
    }

    private void Note(TimeSpan now)
    {
        while (_end - _start >= 5)
        {
            var length = 5 + ((_input[_start + 3] << 8) | _input[_start + 4]);
            if (_end - _start < length)
                break;
            Records.Add((now, length));
            _start += length;
        }

        _input.AsSpan(_start.._end).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
    }

    private static IReadOnlyList<string>? NamesOf(AlpnClass alpn) => alpn switch
    {
        AlpnClass.None => [],
        AlpnClass.Http1 => ["http/1.1"],
        _ => null,
    };
}
