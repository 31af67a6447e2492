namespace Karez.Proxy.Vision;

/// <summary>Takes the frames off one direction, however its records cut them.</summary>
/// <remarks>The rules are in docs/protocols/vision.md. Nothing is allocated after construction.</remarks>
public sealed class VisionReceiver
{
    private readonly VisionTraffic _traffic;
    private readonly VisionSide _from;
    private readonly byte[] _user = new byte[VisionWire.UserIdLength];
    private Part _part = Part.UserId;
    private int _at;
    private int _contentLeft;
    private int _paddingLeft;
    private VisionCommand _command;

    /// <summary>Makes the receiver of one direction.</summary>
    /// <param name="traffic">Shared with the sender of the other direction.</param>
    /// <param name="user">The user's id as it stands in the request.</param>
    /// <param name="from">Who sends.</param>
    public VisionReceiver(VisionTraffic traffic, Guid user, VisionSide from)
    {
        (_traffic, _from) = (traffic, from);
        user.TryWriteBytes(_user, bigEndian: true, out _);
    }

    private enum Part : byte
    {
        UserId,
        Command,
        ContentHigh,
        ContentLow,
        PaddingHigh,
        PaddingLow,
        Body,
        Over,
    }

    /// <summary>What the peer did wrong, after <see cref="VisionStatus.Failed"/>.</summary>
    public VisionFault Fault { get; private set; }

    /// <summary>
    /// After the first <see cref="VisionStatus.Unframed"/>: octets of earlier calls that looked like the beginning of
    /// the
    /// user id and were not; deliver them first. Nearly always empty.
    /// </summary>
    public ReadOnlySpan<byte> Withheld => _part == Part.Over ? _user.AsSpan(0, _at) : default;

    /// <summary>Takes plaintext up to the end of one piece of content.</summary>
    /// <param name="plaintext">The unread rest of one record's plaintext; may be empty.</param>
    /// <param name="consumed">Octets taken, content included.</param>
    /// <param name="contentOffset">Where content starts in <paramref name="plaintext"/>.</param>
    /// <param name="contentLength">Its length: not 0 at <see cref="VisionStatus.Content"/>, else 0.</param>
    /// <returns>
    /// Call again after <see cref="VisionStatus.Content"/>. After <see cref="VisionStatus.Unframed"/> and
    /// <see cref="VisionStatus.Raw"/> what was not consumed is content.
    /// </returns>
    public VisionStatus Feed(
        ReadOnlySpan<byte> plaintext, out int consumed, out int contentOffset, out int contentLength)
    {
        consumed = contentOffset = contentLength = 0;
        if (_part == Part.UserId && !TakeUserId(plaintext, ref consumed))
            return Finish(plaintext[consumed..], VisionCommand.End);
        while (true)
        {
            if (_part == Part.Over)
                return Fault == VisionFault.None ? Finish(plaintext[consumed..], _command) : VisionStatus.Failed;
            if (_part == Part.Body)
            {
                if (_contentLeft > 0 && consumed < plaintext.Length)
                {
                    contentOffset = consumed;
                    contentLength = Math.Min(_contentLeft, plaintext.Length - consumed);
                    consumed += contentLength;
                    _contentLeft -= contentLength;
                    _traffic.Observe(plaintext.Slice(contentOffset, contentLength), _from);
                    return VisionStatus.Content;
                }

                var skipped = _contentLeft > 0 ? 0 : Math.Min(_paddingLeft, plaintext.Length - consumed);
                consumed += skipped;
                _paddingLeft -= skipped;
                if (_contentLeft == 0 && _paddingLeft == 0)
                {
                    _part = _command == VisionCommand.Continue ? Part.Command : Part.Over;
                    continue;
                }
            }

            if (consumed == plaintext.Length)
                return VisionStatus.NeedInput;
            if (!TakeHeaderOctet(plaintext[consumed++]))
                return VisionStatus.Failed;
        }
    }

    /// <summary>
    /// Compares the stream's first octets with the id; false once they differ, with nothing of this call taken.
    /// </summary>
    private bool TakeUserId(ReadOnlySpan<byte> plaintext, ref int consumed)
    {
        var compared = Math.Min(plaintext.Length, VisionWire.UserIdLength - _at);
        if (!plaintext[..compared].SequenceEqual(_user.AsSpan(_at, compared)))
            return false;
        consumed = compared;
        _at += compared;
        if (_at == VisionWire.UserIdLength)
            (_part, _at) = (Part.Command, 0);
        return true;
    }

    private VisionStatus Finish(ReadOnlySpan<byte> rest, VisionCommand command)
    {
        _traffic.Observe(rest, _from);
        _traffic.StopHearing(_from);
        (_part, _command) = (Part.Over, command);
        return command == VisionCommand.Direct ? VisionStatus.Raw : VisionStatus.Unframed;
    }

    private bool TakeHeaderOctet(byte octet)
    {
        switch (_part)
        {
            case Part.Command when octet > (byte)VisionCommand.Direct:
                Fault = VisionFault.UnknownCommand;
                _part = Part.Over;
                return false;
            case Part.Command:
                _command = (VisionCommand)octet;
                break;
            case Part.ContentHigh:
                _contentLeft = octet << 8;
                break;
            case Part.ContentLow:
                _contentLeft |= octet;
                break;
            case Part.PaddingHigh:
                _paddingLeft = octet << 8;
                break;
            default:
                _paddingLeft |= octet;
                break;
        }

        _part++;
        return true;
    }
}
