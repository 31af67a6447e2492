using System.Buffers.Binary;

namespace Karez.Proxy.Vision;

/// <summary>What the first pieces of a flow, of both directions together, have shown about it.</summary>
/// <remarks>Sender and receiver of one endpoint share one object; it has one owner, like the flow.</remarks>
public sealed class VisionTraffic
{
    private const int PieceLength = 8192;
    private const int PiecesToWatch = 8;
    private const int RecordHeader = 5;
    private const int LengthWithSuite = 79;
    private int _helloLeft = -1;
    private ushort _suite;

    /// <summary>Pieces still to be watched: from 8 to 0. A piece has at most 8,192 octets.</summary>
    public int PiecesLeft { get; private set; } = PiecesToWatch;

    /// <summary>True once a ClientHello or a ServerHello was seen.</summary>
    public bool IsTls { get; private set; }

    /// <summary>True once a ServerHello was seen.</summary>
    public bool IsTls12OrAbove { get; private set; }

    /// <summary>True once the flow is known to be TLS 1.3 with a suite that may go raw.</summary>
    public bool DirectAllowed { get; private set; }

    /// <summary>How often the client was heard; tells the server's sender when a flight has been answered.</summary>
    internal int ClientHeard { get; private set; }

    /// <summary>True once the client's direction left its frames: <see cref="ClientHeard"/> counts no longer.</summary>
    internal bool ClientUnheard { get; private set; }

    private static ReadOnlySpan<byte> SupportedVersion13 => [0x00, 0x2B, 0x00, 0x02, 0x03, 0x04];

    /// <summary>
    /// Watches content, before it is framed or after it was unframed; senders and receivers do it themselves.
    /// </summary>
    public void Observe(ReadOnlySpan<byte> content, VisionSide from)
    {
        if (content.IsEmpty)
            return;
        if (from == VisionSide.Client)
            ClientHeard++;
        while (PiecesLeft > 0 && !content.IsEmpty)
        {
            var piece = content[..Math.Min(content.Length, PieceLength)];
            content = content[piece.Length..];
            PiecesLeft--;
            Watch(piece);
        }
    }

    /// <summary>Notes that a direction's frames are over, so that its content no longer passes here.</summary>
    internal void StopHearing(VisionSide from) => ClientUnheard |= from == VisionSide.Client;

    private void Watch(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > RecordHeader && piece[0] == 0x16 && piece[1] == 0x03)
        {
            if (piece[2] == 0x03 && piece[5] == 2)
                BeginServerHello(piece);
            else if (piece[5] == 1)
                IsTls = true;
        }

        if (_helloLeft <= 0)
            return;
        var found = piece[..Math.Min(_helloLeft, piece.Length)].IndexOf(SupportedVersion13) >= 0;
        _helloLeft -= piece.Length;
        if (found)
            DirectAllowed = _suite is >= 0x1301 and <= 0x1304;
        // Found: TLS 1.3. The record is over without it: TLS 1.2. Nothing is left to learn either way.
        if (found || _helloLeft <= 0)
            PiecesLeft = 0;
    }

    private void BeginServerHello(ReadOnlySpan<byte> piece)
    {
        IsTls = IsTls12OrAbove = true;
        _helloLeft = BinaryPrimitives.ReadUInt16BigEndian(piece[3..]) + RecordHeader;
        if (piece.Length < LengthWithSuite || _helloLeft < LengthWithSuite)
            return;
        // Header 5, message header 4, version 2, random 32; then the session id and the suite.
        var suite = 44 + piece[43];
        if (suite + 2 <= piece.Length)
            _suite = BinaryPrimitives.ReadUInt16BigEndian(piece[suite..]);
    }
}
