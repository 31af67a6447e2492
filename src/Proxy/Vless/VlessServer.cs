namespace Karez.Proxy.Vless;

/// <summary>Reads one request however it is cut, and says whether an account may make it.</summary>
public sealed class VlessServer
{
    private byte[] _held = [];
    private int _length;

    /// <summary>The request, once <see cref="Feed"/> has said <see cref="ParseStatus.Done"/>.</summary>
    public VlessRequest Request { get; private set; }

    /// <summary>What the peer did wrong, once <see cref="Feed"/> has said <see cref="ParseStatus.Failed"/>.</summary>
    public VlessFault Fault { get; private set; }

    /// <summary>
    /// Takes octets from the front of the stream; everything after <paramref name="consumed"/> is body.
    /// </summary>
    /// <remarks>Holds at most <see cref="VlessWire.MaxRequest"/> octets, and only if a request comes in
    /// pieces.</remarks>
    public ParseStatus Feed(ReadOnlySpan<byte> input, out int consumed)
    {
        if (_length == 0)
        {
            var whole = Read(input, out consumed);
            if (whole != ParseStatus.NeedInput)
                return whole;
            _held = new byte[VlessWire.MaxRequest];
        }

        // A request never needs more than MaxRequest octets, so what fits is enough to decide.
        var taken = Math.Min(input.Length, _held.Length - _length);
        input[..taken].CopyTo(_held.AsSpan(_length));
        var status = Read(_held.AsSpan(0, _length + taken), out var used);
        consumed = status switch
        {
            ParseStatus.Done => used - _length,
            ParseStatus.NeedInput => taken,
            _ => 0,
        };
        _length += consumed;
        return status;
    }

    /// <summary>
    /// Says whether an account with <paramref name="accountFlow"/> may make <paramref name="request"/>.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="accountFlow">What the account has.</param>
    /// <param name="muxRule">For <see cref="VlessCommand.Mux"/>: what may be opened inside.</param>
    /// <param name="sharing">Whether TCP may be, under Vision.</param>
    /// <returns><see cref="VlessFault.None"/> if it may.</returns>
    public static VlessFault Judge(
        in VlessRequest request, VlessFlow accountFlow, out VlessMuxRule muxRule, bool sharing = false)
    {
        muxRule = request.Flow == VlessFlow.Vision ? (sharing ? VlessMuxRule.Any : VlessMuxRule.DatagramsOnly)
            : accountFlow == VlessFlow.Vision ? VlessMuxRule.XudpOnly
            : VlessMuxRule.Any;
        return (request.Flow, accountFlow, request.Command) switch
        {
            (VlessFlow.Vision, VlessFlow.None, _) => VlessFault.FlowNotAllowed,
            (VlessFlow.Vision, _, VlessCommand.Udp) => VlessFault.DatagramsInVision,
            (VlessFlow.None, VlessFlow.Vision, VlessCommand.Tcp) => VlessFault.FlowRequired,
            _ => VlessFault.None,
        };
    }

    private ParseStatus Read(ReadOnlySpan<byte> input, out int consumed)
    {
        var status = VlessWire.TryReadRequest(input, out var request, out consumed, out var fault);
        (Request, Fault) = (request, fault);
        return status;
    }
}
