using Karez.Tests;
using Karez.Tls.Handshake;
using Karez.Tls.Records;
using Karez.Wire;

namespace Karez.Tls.Tests.Machines;

/// <summary>A client machine and a server machine with a wire between them that cuts as it is told.</summary>
internal sealed class Pair : IDisposable
{
    private readonly Func<int, int> _cut;
    private readonly int _outputRoom;

    /// <param name="offer">The client's offer.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="cut">Given the octets waiting, how many arrive next (at least 1).</param>
    /// <param name="outputRoom">Room for output in every call.</param>
    public Pair(ClientOffer offer, TlsServerOptions options, Func<int, int>? cut = null, int outputRoom = 32 * 1024)
    {
        _cut = cut ?? (waiting => waiting);
        _outputRoom = outputRoom;
        Client = new TlsClient(offer, new SeededEntropy(2));
        Server = new TlsServer(options, new SeededEntropy(3));
    }

    public TlsClient Client { get; }

    public TlsServer Server { get; }

    public Instant Now { get; set; } = new(1_000_000);

    public TlsStatus ClientStatus { get; private set; } = TlsStatus.NeedInput;

    public TlsStatus ServerStatus { get; private set; } = TlsStatus.NeedInput;

    /// <summary>Octets on their way, and those arrived but not consumed.</summary>
    public Direction ToServer { get; } = new();

    public Direction ToClient { get; } = new();

    /// <summary>What the client does at NeedDecision.</summary>
    public Action<TlsClient> Decide { get; set; } = client => client.Accept();

    /// <summary>Changes what waits at the server before it looks.</summary>
    public Func<byte[], byte[]> BeforeServer { get; set; } = waiting => waiting;

    /// <summary>Runs until both sides are over or nothing moves any more.</summary>
    public Pair Run()
    {
        for (var moved = true; moved;)
        {
            moved = StepClient();
            moved |= StepServer();
            moved |= ToServer.Deliver(_cut);
            moved |= ToClient.Deliver(_cut);
        }

        return this;
    }

    /// <summary>Runs and demands that the handshake succeeded on both sides.</summary>
    public Pair RunToDone()
    {
        Run();
        Assert.Equal(
            (TlsStatus.Done, TlsFault.None, TlsStatus.Done, TlsFault.None),
            (ClientStatus, Client.Fault, ServerStatus, Server.Fault));
        return this;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private static bool IsOver(TlsStatus status) => status is TlsStatus.Done or TlsStatus.Failed or TlsStatus.Closed;

    private bool StepClient()
    {
        if (IsOver(ClientStatus))
            return false;
        var output = new byte[_outputRoom];
        ClientStatus = Client.Advance(ToClient.Arrived, output, Now, out var consumed, out var produced);
        ToClient.Consume(consumed);
        ToServer.Send(output.AsSpan(0, produced));
        if (ClientStatus == TlsStatus.NeedDecision)
            Decide(Client);
        return consumed + produced > 0 || ClientStatus is TlsStatus.NeedDecision or TlsStatus.NeedOutputSpace;
    }

    private bool StepServer()
    {
        if (IsOver(ServerStatus))
            return false;
        var output = new byte[_outputRoom];
        ToServer.Replace(BeforeServer(ToServer.Arrived.ToArray()));
        ServerStatus = Server.Advance(ToServer.Arrived, output, Now, out var consumed, out var produced);
        ToServer.Consume(consumed);
        ToClient.Send(output.AsSpan(0, produced));
        return consumed + produced > 0 || ServerStatus == TlsStatus.NeedOutputSpace;
    }

    /// <summary>One direction of the wire.</summary>
    internal sealed class Direction
    {
        private readonly List<byte> _underWay = [];
        private byte[] _arrived = [];

        /// <summary>Every octet that was ever sent.</summary>
        public List<byte> Log { get; } = [];

        public Span<byte> Arrived => _arrived;

        public void Send(ReadOnlySpan<byte> octets)
        {
            Log.AddRange(octets);
            _underWay.AddRange(octets);
        }

        public bool Deliver(Func<int, int> cut)
        {
            if (_underWay.Count == 0)
                return false;
            var length = Math.Clamp(cut(_underWay.Count), 1, _underWay.Count);
            _arrived = [.. _arrived, .. _underWay[..length]];
            _underWay.RemoveRange(0, length);
            return true;
        }

        public void Replace(byte[] arrived) => _arrived = arrived;

        public void Consume(int length) => _arrived = _arrived[length..];

        /// <summary>What was sent and has not arrived.</summary>
        public byte[] TakeUnderWay()
        {
            byte[] octets = [.. _underWay];
            _underWay.Clear();
            return octets;
        }

        /// <summary>Everything sent and not consumed, in one piece.</summary>
        public byte[] TakeAll()
        {
            byte[] all = [.. _arrived, .. _underWay];
            _arrived = [];
            _underWay.Clear();
            return all;
        }

        /// <summary>The records sent, as (type, total length).</summary>
        public List<(ContentType Type, int Length)> Records()
        {
            var records = new List<(ContentType, int)>();
            for (var at = 0; at + RecordOpener.HeaderLength <= Log.Count;)
            {
                var length = RecordOpener.HeaderLength + (Log[at + 3] << 8 | Log[at + 4]);
                records.Add(((ContentType)Log[at], length));
                at += length;
            }

            return records;
        }
    }
}
