using Karez.Camouflage.Reality;
using Karez.Crypto;
using Karez.Net.Loops;
using Karez.Tls;
using Karez.Tls.Handshake;
using Karez.Tls.Messages;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Server.Targets;

/// <summary>One TLS connection to a site, whose octets are also looked at from outside.</summary>
internal sealed partial class TargetCall(Connection connection, ClientOffer offer, IEntropy entropy) : IDisposable
{
    // Smallest total records that our own messages fit: docs/protocols/reality.md.
    private const int LeastEncryptedExtensions = 28;
    private const int LeastCertificate = 213;
    private const int LeastCertificateVerify = 94;
    private const int LeastFinished = 58; // SHA-256; with SHA-384 the target's own has the same length as ours

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    private readonly TlsClient _tls = new(offer, entropy);
    // Not the loop's: a visit is rare and long, and the pool's count tells whether flows give back what they rent.
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly byte[] _heard = new byte[TargetFlight.MaxOctets];
    private int _heardLength;
    private int _flightLength;
    private int _start;
    private int _end;

    /// <summary>What went wrong in the handshake.</summary>
    public TlsFault Fault => _tls.Fault;

    /// <summary>Who it says it is.</summary>
    public ServerIdentity Identity => _tls.Identity;

    /// <summary>Shakes hands; whoever answers is taken. False when it failed.</summary>
    /// <param name="asksFor">Begins a request for this name in the write of the Finished; null asks nothing.</param>
    public async ValueTask<bool> ShakeHandsAsync(string? asksFor = null)
    {
        var output = new byte[4096];
        while (true)
        {
            var status = _tls.Advance(
                _input.AsSpan(_start.._end), output, connection.Loop.Now, out var consumed, out var produced);
            _start += consumed;
            if (status == TlsStatus.Done && asksFor is not null)
                produced += Ask(asksFor, output.AsSpan(produced));
            if (produced > 0)
                await connection.WriteAsync(output.AsMemory(0, produced));
            switch (status)
            {
                case TlsStatus.Done:
                    return true;
                case TlsStatus.NeedDecision:
                    _flightLength = _heardLength;
                    _tls.Accept();
                    break;
                case TlsStatus.NeedOutputSpace:
                    break;
                case TlsStatus.NeedInput when _end < _input.Length:
                    if (!await HearAsync())
                        return false;
                    break;
                default:
                    return false;
            }
        }
    }

    /// <summary>Why its flight cannot be worn; null when it can.</summary>
    public string? FlightTrouble()
    {
        var flight = new TargetFlight();
        if (flight.Parse(_heard.AsMemory(0, _flightLength)) != FlightStatus.Complete)
            return WhyUnusable();
        var fits = flight.IsCombined
            || (flight.Records[0] >= LeastEncryptedExtensions
                && flight.Records[1] >= LeastCertificate
                && flight.Records[2] >= LeastCertificateVerify
                && flight.Records[3] >= LeastFinished);
        return fits ? null : "its records are smaller than ours have to be";
    }

    /// <summary>Total record lengths of its encrypted flight.</summary>
    public IReadOnlyList<int> FlightRecords()
    {
        var flight = new TargetFlight();
        return flight.Parse(_heard.AsMemory(0, _flightLength)) != FlightStatus.Complete ? []
            : flight.IsCombined ? [flight.Records[0]]
            : flight.Records.ToArray();
    }

    /// <summary>Writes down what comes until it is silent for a while, write by write.</summary>
    public async ValueTask<PostHandshake> ListenAsync(TimeSpan quiet)
    {
        var writes = new List<IReadOnlyList<int>>();
        var early = true;
        while (true)
        {
            if (_end == _start && !await HearInTimeAsync(quiet))
                return new PostHandshake(writes);
            var records = new List<int>();
            while (_end - _start >= RecordSealer.Headroom)
            {
                var header = _input.AsSpan(_start);
                var total = RecordSealer.Headroom + ((header[3] << 8) | header[4]);
                while (_end - _start < total)
                {
                    if (total > RecordOpener.MaxRecord || !await HearInTimeAsync(quiet))
                        return new PostHandshake(writes);
                }

                records.Add(total);
                _start += total;
            }

            // Records that came with the flight are borrowed from the flight itself, each time anew.
            if (records.Count > 0 && !(early && CameWithFlight()))
                writes.Add(records);
            early = false;
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Sends records without content; false when it objects to them.</summary>
    public async ValueTask<bool> BearsAsync(int count)
    {
        byte[] record = [(byte)ContentType.ChangeCipherSpec, 3, 3, 0, 1, 1];
        await connection.WriteAsync(Enumerable.Repeat(record, count).SelectMany(r => r).ToArray());
        var said = await ListenAsync(TimeSpan.FromSeconds(1));
        return said.Writes.Count == 0 && connection.PeerEnd == ConnectionEnd.Open;
    }

    /// <inheritdoc/>
    public void Dispose() => _tls.Dispose();

    /// <summary>Seals the beginning of a request, as the first record behind the Finished.</summary>
    private int Ask(string name, Span<byte> room)
    {
        using var session = _tls.TakeSession();
        return Ask(session, name, room);
    }

    private bool CameWithFlight()
    {
        var flight = new TargetFlight();
        return flight.Parse(_heard.AsMemory(0, _flightLength)) == FlightStatus.Complete && flight.Extra.Count > 0;
    }

    private string WhyUnusable()
    {
        var length = _heardLength < RecordSealer.Headroom ? 0 : (_heard[3] << 8) | _heard[4];
        if (length == 0
            || _heardLength < RecordSealer.Headroom + length
            || !ServerHelloView.TryParse(_heard.AsSpan(RecordSealer.Headroom, length), out var hello))
            return "its answer is no ServerHello";
        if (hello.IsHelloRetryRequest)
            return "it answers a browser's hello with HelloRetryRequest";
        return hello.KeyShareGroup is NamedGroup.X25519 or NamedGroup.X25519MLKEM768
            ? "its handshake is larger than 17 KiB, or of a shape that is not known"
            : $"it chooses {hello.KeyShareGroup} instead of X25519";
    }

    /// <summary>Looks again and again until something is there: an aborted wait would end the connection.</summary>
    private async ValueTask<bool> HearInTimeAsync(TimeSpan quiet)
    {
        var until = connection.Loop.Now + quiet;
        while (_end < _input.Length)
        {
            if (connection.TryRead(_input.AsSpan(_end), out var count))
            {
                _end += count;
                return count > 0;
            }

            if (connection.Loop.Now >= until || connection.Fault != ConnectionFault.None)
                return false;
            await connection.Loop.DelayAsync(s_look);
        }

        return false;
    }

    private async ValueTask<bool> HearAsync()
    {
        var count = await connection.ReadAsync(_input.AsMemory(_end));
        var kept = Math.Min(count, _heard.Length - _heardLength);
        _input.AsSpan(_end, kept).CopyTo(_heard.AsSpan(_heardLength));
        _heardLength += kept;
        _end += count;
        return count > 0;
    }
}
