using Karez.Observe.Streams;

namespace Karez.Observe.Flows;

/// <summary>What a TCP flow shows of TLS.</summary>
public sealed class TlsSight
{
    /// <summary>Records kept (our limit); later ones are only counted.</summary>
    public const int MaxRecords = 512;

    private const byte ChangeCipherSpec = 20;
    private const byte ApplicationData = 23;
    private const byte CertificateMessage = 11;
    private const ushort Tls13 = 0x0304;

    private readonly List<SeenRecord> _records = [];
    private readonly HandshakeScanner[] _scanners = [new(), new()];
    private readonly RecordSplitter[] _splitters = [new(), new()];
    private readonly List<RecordSight> _ended = [];
    private readonly long[] _applicationRecords = [0, 0];

    /// <summary>The client's hello; null until it is complete, or when there is none.</summary>
    public HelloFields? Hello { get; private set; }

    /// <summary>The server's; null until it is complete, or when there is none.</summary>
    public ServerHelloFields? Answer { get; private set; }

    /// <summary>When the client's hello was complete.</summary>
    public long HelloAt { get; private set; }

    /// <summary>Records of both directions in the order in which they ended; the first 512.</summary>
    public IReadOnlyList<SeenRecord> Records => _records;

    /// <summary>Handshake messages that a side sent in clear.</summary>
    public IReadOnlyList<HandshakeSight> Messages(Direction from) => _scanners[(int)from].Messages;

    /// <summary>How many application data records a side sent, kept or not.</summary>
    public long ApplicationRecords(Direction from) => _applicationRecords[(int)from];

    /// <summary>The splitter of a side: how far it came, and whether the stream stopped being TLS.</summary>
    public RecordSplitter Splitter(Direction from) => _splitters[(int)from];

    /// <summary>Whether version 1.3 was chosen.</summary>
    public bool IsTls13 => Answer?.Version == Tls13;

    /// <summary>The length of the server's Certificate message where it is in clear (up to TLS 1.2); else 0.</summary>
    public int CertificateOctets => _scanners[(int)Direction.ServerToClient].Messages
        .FirstOrDefault(message => message.Type == CertificateMessage).Length;

    /// <summary>
    /// Octets of the server's encrypted records before the client's first one after its hello: in TLS 1.3 the flight
    /// that holds the certificate. 0 before the client went on.
    /// </summary>
    public int ServerFlightOctets { get; private set; }

    /// <summary>
    /// The index in <see cref="Records"/> of the first record behind the client's Finished; -1 while there is none. In
    /// TLS 1.3 the first application data record of the client is its Finished.
    /// </summary>
    public int AfterHandshake { get; private set; } = -1;

    /// <summary>Whether both sides have shown what TLS shows up to the client's Finished.</summary>
    public bool HandshakeDone => AfterHandshake >= 0;

    internal IReadOnlyList<RecordSight> Feed(Direction from, in StreamPiece piece)
    {
        _ended.Clear();
        var splitter = _splitters[(int)from];
        splitter.Feed(piece.Octets.Span, _ended);
        Scan(from, piece);
        if (piece.Missing > 0)
        {
            splitter.Skip(piece.Missing, _ended);
            _scanners[(int)from].Skip();
        }

        foreach (var record in _ended)
            Keep(from, record, piece.Nanoseconds);
        return _ended;
    }

    private void Scan(Direction from, in StreamPiece piece)
    {
        var scanner = _scanners[(int)from];
        if (scanner.Ended)
            return;
        scanner.Feed(piece.Octets.Span);
        if (scanner.First.IsEmpty)
            return;
        if (from == Direction.ClientToServer && Hello is null
            && HelloFields.TryParse(scanner.First.Span, out var hello))
        {
            Hello = hello;
            HelloAt = piece.Nanoseconds;
        }
        else if (from == Direction.ServerToClient && Answer is null
            && ServerHelloFields.TryParse(scanner.First.Span, out var answer))
        {
            Answer = answer;
        }
    }

    private void Keep(Direction from, RecordSight record, long nanoseconds)
    {
        if (record.Type == ApplicationData)
            _applicationRecords[(int)from]++;
        if (_records.Count < MaxRecords)
            _records.Add(new SeenRecord(from, record, nanoseconds));
        if (HandshakeDone || Answer is null)
            return;
        if (from == Direction.ServerToClient)
        {
            if (record.Type == ApplicationData)
                ServerFlightOctets += record.Length;
        }
        else if (IsTls13 ? record.Type == ApplicationData : FinishedOf12(record))
        {
            AfterHandshake = _records.Count;
        }
    }

    // Up to TLS 1.2 the Finished is the handshake record that follows the client's change_cipher_spec.
    private bool FinishedOf12(RecordSight record) =>
        record.Type == 22 && _records.Any(
            r => r.Direction == Direction.ClientToServer && r.Record.Type == ChangeCipherSpec);
}
