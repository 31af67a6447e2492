using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Vision;
using Karez.Proxy.Vless;
using Karez.Tls.Records;

namespace Karez.Net.Tunnel;

/// <summary>
/// The body of one VLESS connection, either side: what goes in on one end comes out on the other, through Vision's
/// frames where the flow asks for them, and raw where Vision says so.
/// </summary>
/// <remarks>
/// The header of this side (request or response) waits in <c>head</c> and leaves with the first payload, in one record
/// (or, a client's under Vision, before it in the opening record of its shape);
/// a client reads the node's response from the front of what it receives.
/// </remarks>
public sealed partial class VlessLeg : IOrigin, IDisposable
{
    /// <summary>Room before a payload: TLS header, user id, frame header.</summary>
    public const int Headroom = VisionWire.Headroom;

    /// <summary>How payloads are read where they are sealed in place: four whole records in one read.</summary>
    public static SlotLayout Slots { get; } = Layout(4);

    /// <summary>The same for a flow that proved to be bulk: fifteen records, in a buffer for reads.</summary>
    public static SlotLayout BulkSlots { get; } = Layout(15);

    private readonly VlessClient? _response;
    private readonly VisionSender? _sender;
    private readonly VisionReceiver? _receiver;
    private byte[] _head;
    private bool _framesOver;
    private Memory<byte> _plain;
    private Rented? _rawBuffer;

    /// <summary>Starts the client's side.</summary>
    /// <param name="tunnel">The tunnel; owned from now on.</param>
    /// <param name="request">What to ask for.</param>
    /// <param name="vision">Both halves of Vision, when the flow is Vision.</param>
    public VlessLeg(Tunnel tunnel, in VlessRequest request, VisionPair? vision)
    {
        Tunnel = tunnel;
        Asks = request.Ask;
        _response = new VlessClient(request);
        _head = new byte[VlessWire.MaxRequest];
        Array.Resize(ref _head, _response.WriteRequest(_head));
        (_sender, _receiver) = (vision?.Sender, vision?.Receiver);
    }

    /// <summary>Starts the node's side, after the request was read.</summary>
    /// <param name="tunnel">The tunnel; owned from now on.</param>
    /// <param name="body">Octets that came with the request; they lie in the tunnel's buffer.</param>
    /// <param name="vision">Both halves of Vision, when the flow is Vision.</param>
    public VlessLeg(Tunnel tunnel, Memory<byte> body, VisionPair? vision)
    {
        Tunnel = tunnel;
        _plain = body;
        _head = new byte[VlessWire.ResponseLength];
        VlessWire.WriteResponse(_head);
        (_sender, _receiver) = (vision?.Sender, vision?.Receiver);
    }

    /// <summary>The tunnel underneath.</summary>
    public Tunnel Tunnel { get; }

    /// <summary>At a client: what the node was asked to say of the dial.</summary>
    public VlessAsk Asks { get; }

    /// <summary>At a client: why the node could not reach the destination, once it has said so; else null.</summary>
    public FlowFailure? Refusal =>
        _response?.Outcome is { } code ? VlessOutcome.FailureOf(code) : null;

    /// <summary>
    /// True once what is received is the connection's own octets, after <see cref="Net.Tunnel.Tunnel.Rest"/>.
    /// </summary>
    public bool ReceivesBare => Tunnel.Session.Opener.Detached;

    /// <summary>True once what is sent goes to the connection as it is.</summary>
    public bool SendsBare => Tunnel.Session.Sealer.Detached;

    /// <summary>True while what is sent is sealed without frames: whole records can be sealed in place.</summary>
    public bool SendsPlainRecords => !SendsBare && _head.Length == 0 && _sender is null or { IsUnframed: true };

    private static SlotLayout Layout(int records) =>
        new(RecordSealer.Headroom, RecordSealer.MaxPayload, RecordSealer.MaxRecord, records);

    /// <inheritdoc/>
    public void Abort(ConnectionFault fault) => Tunnel.Connection.Abort(fault);

    /// <inheritdoc/>
    public void Dispose()
    {
        _rawBuffer?.Dispose();
        Tunnel.Dispose();
    }
}
