using System.Buffers;
using System.Buffers.Text;

namespace Karez.Config;

/// <summary>Keys as text: base64url without padding, of exactly one length.</summary>
internal static class KeyText
{
    /// <summary>The number of characters that stand for so many octets.</summary>
    public static int LengthOf(int octets) => ((octets * 4) + 2) / 3;

    /// <summary>Fills the destination; false if the text is not exactly so long or not base64url.</summary>
    public static bool TryDecode(string text, Span<byte> destination) =>
        text.Length == LengthOf(destination.Length)
        && Base64Url.DecodeFromChars(text, destination, out _, out var written) == OperationStatus.Done
        && written == destination.Length;
}
