namespace Karez.Proxy.Vless;

/// <summary>The client's half of a VLESS stream: the request in front, the response taken off the answer.</summary>
/// <param name="request">What to ask for.</param>
public sealed class VlessClient(VlessRequest request)
{
    private const int Version = 0, Length = 1, Addons = 2;
    private int _expects = Version;
    private byte[] _addons = [];
    private int _had;

    /// <summary>What the server did wrong.</summary>
    public VlessFault Fault { get; private set; }

    /// <summary>True once the response has been read: everything that follows is payload.</summary>
    public bool Answered => _expects == Addons && _had == _addons.Length;

    /// <summary>
    /// How the dial went, where the node said so: see <see cref="VlessOutcome"/>; null before, and of other nodes.
    /// </summary>
    public byte? Outcome => Answered && request.Ask != VlessAsk.Nothing ? VlessWire.OutcomeIn(_addons) : null;

    /// <summary>Whether the server took the offer to share.</summary>
    public bool Shares => Answered && request.Shares && VlessWire.SharesIn(_addons);

    /// <summary>
    /// Writes the request, at most <see cref="VlessWire.MaxRequest"/> octets; payload may follow at once.
    /// </summary>
    public int WriteRequest(Span<byte> destination) => VlessWire.WriteRequest(request, destination);

    /// <summary>Takes the response off the front of the server's stream, however it is cut.</summary>
    /// <returns><see cref="ParseStatus.Done"/> once everything after <paramref name="consumed"/> is payload.</returns>
    public ParseStatus Feed(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        if (_expects == Version && input.Length > consumed)
        {
            if (input[consumed++] != 0)
            {
                Fault = VlessFault.WrongVersion;
                return ParseStatus.Failed;
            }

            _expects = Length;
        }

        if (_expects == Length && input.Length > consumed)
        {
            _addons = new byte[input[consumed++]];
            _expects = Addons;
        }

        if (_expects != Addons)
            return ParseStatus.NeedInput;
        var taken = Math.Min(_addons.Length - _had, input.Length - consumed);
        input.Slice(consumed, taken).CopyTo(_addons.AsSpan(_had));
        consumed += taken;
        _had += taken;
        return Answered ? ParseStatus.Done : ParseStatus.NeedInput;
    }
}
