using Karez.Net.Loops;
using Karez.Proxy;
using Karez.Proxy.Vless;

namespace Karez.Client.Sharing;

/// <summary>
/// One flow in a carrier: a pair of sockets, since program and carrier are seldom on the same loop. The kernel holds
/// back whoever is too quick. What a socket of a pair cannot say, that its other end broke, is said beside it.
/// </summary>
/// <param name="near">For the program's loop.</param>
/// <param name="far">For the carrier's loop, which adopts it.</param>
/// <param name="destination">Where to.</param>
internal sealed class SubFlow(Connection near, LooseEnd far, Destination destination)
{
    private readonly TaskCompletionSource<FlowFailure?> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _nearBroke;
    private volatile bool _farBroke;
    private volatile int _refusal = -1;

    public Connection Near => near;

    public LooseEnd Far => far;

    public Destination Destination => destination;

    /// <summary>The program's side broke; say so before its socket is closed.</summary>
    public bool NearBroke
    {
        get => _nearBroke;
        set => _nearBroke = value;
    }

    /// <summary>The carrier's side broke; said before its socket is closed.</summary>
    public bool FarBroke => _farBroke;

    /// <summary>Why the node could not reach the destination, once it has said so.</summary>
    public FlowFailure? Refusal => _refusal < 0 ? null : (FlowFailure)_refusal;

    /// <summary>How the dial went: null for a connection.</summary>
    public Task<FlowFailure?> Outcome => _outcome.Task;

    /// <summary>The node reached the destination.</summary>
    public void Reached() => _outcome.TrySetResult(null);

    /// <summary>Nobody waits for the word any more.</summary>
    public void GiveUp(ConnectionFault fault)
    {
        if (_outcome.TrySetException(new ConnectionException(fault)))
            _ = _outcome.Task.Exception; // seen, whoever waits
    }

    /// <summary>The session is over, on the carrier's loop; said before its socket is closed.</summary>
    /// <param name="isBroken">Not finished by both sides.</param>
    /// <param name="code">The node's word, see <see cref="VlessOutcome"/>; 0 if it gave none.</param>
    public void Ended(bool isBroken, byte code = 0)
    {
        if (VlessOutcome.FailureOf(code) is { } failure && !_outcome.Task.IsCompleted)
            _refusal = (int)failure;
        _farBroke = isBroken;
        _outcome.TrySetResult(Refusal ?? FlowFailure.General);
    }
}
