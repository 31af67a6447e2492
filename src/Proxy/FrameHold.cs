namespace Karez.Proxy;

/// <summary>
/// Shows the frames of a stream in one piece: where they lie if they came whole, from a buffer of its own if not.
/// </summary>
/// <param name="limit">The longest frame: never holds more.</param>
internal sealed class FrameHold(int limit)
{
    private const int SmallestBuffer = 512;
    private byte[] _held = [];
    private int _count;

    /// <summary>Shows the current frame's first <paramref name="need"/> octets.</summary>
    /// <param name="input">What the caller has.</param>
    /// <param name="consumed">The position in it; moves over octets that had to be held.</param>
    /// <param name="need">At least as many as asked for before within this frame, at most the limit.</param>
    /// <param name="frame">The octets, valid until the next call.</param>
    /// <returns>False if more input is needed; all of the input is then consumed.</returns>
    public bool TryFill(ReadOnlySpan<byte> input, scoped ref int consumed, int need, out ReadOnlySpan<byte> frame)
    {
        if (_count == 0 && input.Length - consumed >= need)
        {
            frame = input.Slice(consumed, need);
            return true;
        }

        // A frame already partly held is asked for from its header on again: then nothing more is needed for that.
        var taken = Math.Clamp(need - _count, 0, input.Length - consumed);
        Reserve(Math.Max(need, _count + taken));
        input.Slice(consumed, taken).CopyTo(_held.AsSpan(_count));
        consumed += taken;
        _count += taken;
        frame = _count >= need ? _held.AsSpan(0, need) : default;
        return _count >= need;
    }

    /// <summary>Ends the current frame, all of whose <paramref name="length"/> octets have been shown.</summary>
    public void Release(ref int consumed, int length)
    {
        if (_count == 0)
            consumed += length;
        _count = 0;
    }

    private void Reserve(int length)
    {
        if (_held.Length < length)
            Array.Resize(ref _held, Math.Min(limit, Math.Max(SmallestBuffer, length)));
    }
}
