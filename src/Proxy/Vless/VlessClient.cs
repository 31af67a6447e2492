namespace Karez.Proxy.Vless;

/// <summary>The client's half of a VLESS stream: the request in front, the response taken off the answer.</summary>
/// <param name="request">What to ask for.</param>
public sealed class VlessClient(VlessRequest request)
{
    private const int Version = 0, Length = 1, Addons = 2;
    private int _expects = Version;
    private int _skip;

    /// <summary>What the server did wrong.</summary>
    public VlessFault Fault { get; private set; }

    /// <summary>True once the response has been read: everything that follows is payload.</summary>
    public bool Answered => _expects == Addons && _skip == 0;

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
            _skip = input[consumed++];
            _expects = Addons;
        }

        if (_expects != Addons)
            return ParseStatus.NeedInput;
        var skipped = Math.Min(_skip, input.Length - consumed);
        consumed += skipped;
        _skip -= skipped;
        return _skip == 0 ? ParseStatus.Done : ParseStatus.NeedInput;
    }
}
