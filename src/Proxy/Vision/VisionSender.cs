using System.Buffers.Binary;
using Karez.Wire;

namespace Karez.Proxy.Vision;

/// <summary>Cuts one direction's content into frames, and says when it leaves the frames, or TLS.</summary>
/// <remarks>The rules are in docs/protocols/vision.md. Nothing is allocated after construction.</remarks>
public sealed class VisionSender
{
    private const int MaxFramedContent = 64 * 1024;
    private const int MaxHeldRead = 16 * 1024;
    private readonly VisionTraffic _traffic;
    private readonly Guid _user;
    private readonly Shape _shape;
    private readonly VisionSide _side;
    private readonly IEntropy _entropy;
    private InnerRecords _read;
    private InnerRecords _sent;
    private int _observed;
    private int _held;
    private int _clientHeardAtHandshake;
    private int _frames;
    private int _framedContent;

    /// <summary>Makes the sender of one direction.</summary>
    /// <param name="traffic">Shared with the receiver of the other direction.</param>
    /// <param name="user">The user's id as it stands in the request.</param>
    /// <param name="side">Whose content this is.</param>
    /// <param name="shape">How to cut and pad.</param>
    /// <param name="entropy">For the lengths.</param>
    public VisionSender(VisionTraffic traffic, Guid user, VisionSide side, Shape shape, IEntropy entropy) =>
        (_traffic, _user, _side, _shape, _entropy) = (traffic, user, side, shape, entropy);

    /// <summary>True after command 1: content goes out as it is, inside TLS.</summary>
    public bool IsUnframed { get; private set; }

    /// <summary>True after command 2: content goes onto the socket as it is, once that frame's record has.</summary>
    public bool IsRaw { get; private set; }

    /// <summary>
    /// Exact length of the record that opens a client's stream, see <see cref="Shape.OpeningRecord"/>; or 0.
    /// </summary>
    public int OpeningRecord => _side == VisionSide.Client ? _shape.OpeningRecord : 0;

    /// <summary>How many octets of a VLESS request go into that record; 0 if there is none.</summary>
    public int OpeningLength(int requestLength) =>
        _side == VisionSide.Client ? _shape.OpeningLength(requestLength) : 0;

    /// <summary>A frame without content, for a client whose flow stays silent.</summary>
    public VisionCut EmptyFirstFrame()
    {
        var padding = _shape.StepFor(_side, _frames).DrawPadding(_entropy, 0, toTotal: true);
        return Take(0, VisionCommand.Continue, Math.Min(padding, MaxBody));
    }

    /// <summary>Cuts a piece off the front of <paramref name="content"/>, which is not empty.</summary>
    /// <remarks>What the cut leaves is shown again, in front of anything read since, until it is used up.</remarks>
    public VisionCut Next(ReadOnlySpan<byte> content)
    {
        if (IsUnframed || IsRaw)
            return new VisionCut(content.Length, Framed: false, default, 0, WithUserId: false);
        Observe(content);
        var step = _shape.StepFor(_side, _frames);
        var room = Math.Min(content.Length, MaxBody);
        var length = Math.Min(room, Math.Max(step.DrawContent(_entropy), WholeServerHello(content)));
        var command = Decide(content, ref length);
        var toTotal = _traffic.IsTls || !_shape.PadsOnlyTls;
        var padding = Math.Min(step.DrawPadding(_entropy, length, toTotal), MaxBody - length);
        _sent.Advance(content[..length]);
        _observed = content.Length - length;
        _held = Math.Max(0, _held - length);
        _framedContent += length;
        return Take(length, command, padding);
    }

    /// <summary>Writes what stands before the cut's content: nothing, 5 or 21 octets.</summary>
    /// <param name="cut">What <see cref="Next"/> said.</param>
    /// <param name="destination">At least <see cref="VisionCut.HeaderLength"/> octets, written from the front.</param>
    /// <returns>Octets written.</returns>
    public int WriteHeader(in VisionCut cut, Span<byte> destination)
    {
        if (!cut.Framed)
            return 0;
        if (cut.WithUserId)
        {
            _user.TryWriteBytes(destination, bigEndian: true, out _);
            destination = destination[VisionWire.UserIdLength..];
        }

        VisionWire.WriteHeader(cut.Command, cut.ContentLength, cut.PaddingLength, destination);
        return cut.HeaderLength;
    }

    private int MaxBody => _frames == 0 ? VisionWire.MaxFirstBody : VisionWire.MaxBody;

    private VisionCut Take(int length, VisionCommand command, int padding)
    {
        var cut = new VisionCut(length, Framed: true, command, padding, WithUserId: _frames++ == 0);
        IsUnframed = command == VisionCommand.End;
        IsRaw = command == VisionCommand.Direct;
        return cut;
    }

    /// <summary>Looks at what was read since the last time.</summary>
    private void Observe(ReadOnlySpan<byte> content)
    {
        var fresh = content[_observed..];
        if (fresh.IsEmpty)
            return;
        _traffic.Observe(fresh, _side);
        if (_read.TouchesOther(fresh[..Math.Min(fresh.Length, MaxHeldRead)]))
        {
            _held = Math.Min(content.Length, MaxHeldRead);
            _clientHeardAtHandshake = _traffic.ClientHeard;
        }

        _read.Advance(fresh);
        _observed = content.Length;
    }

    /// <summary>
    /// The command of a frame with the front <paramref name="length"/> octets, which direct may shorten.
    /// </summary>
    private VisionCommand Decide(ReadOnlySpan<byte> content, ref int length)
    {
        if (_framedContent + length > MaxFramedContent)
            return VisionCommand.End;
        if (!_traffic.IsTls12OrAbove)
            return _traffic.PiecesLeft <= 1 ? VisionCommand.End : VisionCommand.Continue;
        if (_read.IsBroken)
            return VisionCommand.End;
        if (!_traffic.DirectAllowed)
        {
            return _traffic.PiecesLeft == 0 && _sent.IsInData(content[0])
                ? VisionCommand.End
                : VisionCommand.Continue;
        }

        if (IsCoveringHandshake)
            return VisionCommand.Continue;
        var end = _sent.DataEnd(content[..length]);
        if (end == 0)
            return VisionCommand.Continue;
        length = end;
        return VisionCommand.Direct;
    }

    /// <summary>True while what is sent may still be the hidden handshake.</summary>
    private bool IsCoveringHandshake => _side == VisionSide.Server && !_traffic.ClientUnheard
        ? _traffic.ClientHeard == _clientHeardAtHandshake
        : _held > 0;

    /// <summary>
    /// Length of a ServerHello record at the front, if it is whole; peers look for its fields in one piece.
    /// </summary>
    private int WholeServerHello(ReadOnlySpan<byte> content)
    {
        if (_side == VisionSide.Client || content is not [0x16, 0x03, 0x03, _, _, 2, ..])
            return 0;
        var length = 5 + BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        return length <= content.Length ? length : 0;
    }
}
